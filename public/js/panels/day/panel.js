/** Panel of the day: all that runs by the clock. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'day',
  label: 'Day',
  key: 'y',
  icon: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0 -11zM8 5v3.2l2.2 1.6',
  says: 'What runs by the clock, hour by hour',
  load: async () => (await import('./day.js')).DayPanel,
});
