/** Panel of decisions. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'decide',
  label: 'Decide',
  key: 'd',
  icon: 'M8 2v12M4 13.5h8M3 5h10M3 5l-1.5 4h3zM13 5l-1.5 4h3z',
  says: 'Wishes and findings',
  load: async () => (await import('./decide.js')).DecidePanel,
  mark: ({ wishes, findings }) => ({ count: wishes + findings, tone: 'orange', says: 'to decide' }),
});
