/** News of `listen`: something was spent, or a cap was changed. */
export type SpendFact = { type: 'spend.changed' };
