/** How much of everything one run measures. */
export interface Sizes {
  /** Lines of one flood through the bare pipe and through the reference. */
  bareLines: number;
  /** Lines of one flood into the daemon. */
  floodLines: number;
  /** How often each flood is repeated; the median counts. */
  repeats: number;
  /** Single lines, one at a time, while nothing else happens. */
  idleLines: number;
  /** Tasks, one at a time. */
  execTasks: number;
  /** Questions to the real CLI, one at a time. */
  replies: number;
  /** Lines that the owner's events come behind. */
  backlogLines: number;
  /** The owner's events behind them, at least and at most. */
  humanEvents: { least: number; most: number };
  /** Events of one actor that is watched, or not. */
  actorEvents: number;
  /** Memories given while others are asked for. */
  memories: number;
  /** Notes that are poured in at once without models; a quarter of them with each encoder. */
  bulkNotes: number;
  /** Notes that are there, in the large import without models, before questions are asked beside `bulkNotes` more. */
  manyNotes: number;
  /** Notes of the flood that only their recording is timed of. */
  notedLines: number;
  /** How long, and how many events a second, each panel of the dashboard is shown. */
  steadySeconds: number;
  steadyPerSecond: number;
  /** Payloads in the database that is backed up, in megabytes. */
  backupMb: number;
}

/** A whole run: about four minutes. */
export const fullSizes: Sizes = {
  bareLines: 1_000_000,
  floodLines: 400_000,
  repeats: 3,
  idleLines: 500,
  execTasks: 40,
  replies: 15,
  backlogLines: 1_000_000,
  humanEvents: { least: 20, most: 200 },
  actorEvents: 200_000,
  memories: 1_000,
  bulkNotes: 10_000,
  manyNotes: 90_000,
  notedLines: 100_000,
  steadySeconds: 5,
  steadyPerSecond: 1_000,
  backupMb: 800,
};

/** The form for CI: below a minute. */
export const shortSizes: Sizes = {
  bareLines: 300_000,
  floodLines: 200_000,
  repeats: 1,
  idleLines: 200,
  execTasks: 10,
  replies: 5,
  backlogLines: 200_000,
  humanEvents: { least: 20, most: 50 },
  actorEvents: 50_000,
  memories: 200,
  bulkNotes: 1_000,
  manyNotes: 2_000,
  notedLines: 20_000,
  steadySeconds: 2,
  steadyPerSecond: 1_000,
  backupMb: 50,
};
