/** Panel of the actors. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'tree',
  label: 'Tree',
  key: 'r',
  icon: 'M3 2.5v9.5h3M3 6.5h3M8 5h5.5v3H8zM8 10.5h5.5v3H8z',
  says: 'Every live actor and its state',
  load: async () => (await import('./tree.js')).TreePanel,
});
