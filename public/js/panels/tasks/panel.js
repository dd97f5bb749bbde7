/** Panel of tasks. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'tasks',
  label: 'Tasks',
  key: 't',
  icon: 'M2.5 4l1 1 2-2M2.5 8.5l1 1 2-2M2.5 13l1 1 2-2M8 4.5h5.5M8 9h5.5M8 13.5h5.5',
  says: 'Everything that the agent did, does and will do',
  load: async () => (await import('./tasks.js')).TasksPanel,
  mark: ({ deadLetters, doubts }) => ({
    count: deadLetters + doubts,
    tone: 'pink',
    says: doubts === 0 ? 'given up' : deadLetters === 0 ? 'in doubt' : 'given up or in doubt',
  }),
});
