/** Panel of the settings. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'config',
  label: 'Config',
  key: 'o',
  icon: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3',
  says: 'Every setting there is',
  load: async () => (await import('./config.js')).ConfigPanel,
});
