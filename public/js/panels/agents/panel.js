/** Panel of the agents. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'agents',
  label: 'Agents',
  key: 'e',
  icon: 'M4 6h8v6.5H4zM8 3.5V6M6.5 8.5v1M9.5 8.5v1M2 8.5v2M14 8.5v2',
  says: 'Who answers tasks',
  load: async () => (await import('./agents.js')).AgentsPanel,
});
