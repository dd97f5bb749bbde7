/** Panel of goals. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'goals',
  label: 'Goals',
  key: 'g',
  icon: 'M4 14V2.5M4 3h8.5l-2 3l2 3H4',
  says: 'What it does by the clock',
  load: async () => (await import('./goals.js')).GoalsPanel,
});
