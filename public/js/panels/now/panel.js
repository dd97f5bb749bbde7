/** Panel of the present. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'now',
  label: 'Now',
  key: 'n',
  icon: 'M2 9h3l2-5 3 9 2-4h2',
  says: 'How it is, what runs, what waits for you',
  load: async () => (await import('./now.js')).NowPanel,
  mark: ({ notices }) => ({ count: notices, tone: 'orange', says: 'to read' }),
  start: async () => (await import('./now.js')).followNotices(),
});
