/** What the daemon measures of itself, by name; units are the end of a name. Null in a sample: not known at that time. */
export const figureNames = [
  'loopP50Ms',
  'loopP99Ms',
  'loopMaxMs',
  'heapBytes',
  'rssBytes',
  'mailboxDepth',
  'mailboxOldestMs',
  'journalPendingLines',
  'tasksQueued',
  'tasksOldestMs',
  'deliveriesOldestMs',
  'poolWaitMaxMs',
  'statements',
  'statementMaxMs',
  'slowStatements',
  'recalls',
  'recallMeanMs',
  'recallMaxMs',
  'tasksEnded',
  'taskWaitMeanMs',
  'taskRunMeanMs',
  'restarts',
  'uptimeMs',
] as const;

export type FigureName = (typeof figureNames)[number];

/** One sample. */
export type Figures = Record<FigureName, number | null>;

/** Every figure with the same value. */
export function allFigures(value: null): Figures {
  return Object.fromEntries(figureNames.map((name) => [name, value])) as Figures;
}
