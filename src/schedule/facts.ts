/** What the scheduler hears and tells. */
export type ScheduleFacts = {
  /** The jobs of a kind were added, changed or removed. */
  'jobs.changed': { kind: string };
  /** A fire has ended; its row says how. */
  'fire.ended': { jobId: string; fireId: number };
};
