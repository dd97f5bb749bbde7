/** Panel of the rules. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'rules',
  label: 'Rules',
  key: 'u',
  icon: 'M2.5 3.5h4l3 4.5h4M2.5 12.5h4l3-4.5M11.5 6l2 2-2 2',
  says: 'Where events go, and why',
  load: async () => (await import('./rules.js')).RulesPanel,
});
