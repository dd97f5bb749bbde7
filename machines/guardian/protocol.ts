/** Commands to the guardian's process: the daemon ends in order, so nobody is to be killed. */
export type GuardianCommand = { type: 'guardian.dismiss' };

/** News of the guardian's process. `guardian.lost` is its last word, also after it was dismissed. */
export type GuardianFact = { type: 'guardian.watching' } | { type: 'guardian.lost'; reason: string };
