/** Panel of what happened. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'activity',
  label: 'Activity',
  key: 'a',
  icon: 'M8 4.5V8l2.5 1.5M8 2.5a5.5 5.5 0 1 1-5.200 3.700M2.5 3v3.200h3.200',
  says: 'What happened, line by line',
  load: async () => (await import('./activity.js')).ActivityPanel,
});
