/** Panel of memories. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'memory',
  label: 'Memory',
  key: 'm',
  icon: 'M3 3.5c2-1 4-.5 5 .5c1-1 3-1.5 5-.5v9c-2-1-4-.5-5 .5c-1-1-3-1.5-5-.5zM8 4v9',
  says: 'What it remembers, and why it recalls it',
  load: async () => (await import('./memory.js')).MemoryPanel,
});
