/** Panel of the knowledge graph. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'graph',
  label: 'Graph',
  key: 'k',
  icon: 'M4 4.5L8 8l4.5-3M8 8l-2.5 4.5M8 8l4 4M4 4.5m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M8 8m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0',
  says: 'Whom and what it knows',
  load: async () => (await import('./graph.js')).GraphPanel,
});
