/** Panel of the fleet. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'fleet',
  label: 'Fleet',
  key: 'f',
  icon: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  says: 'Your machines',
  load: async () => (await import('./fleet.js')).FleetPanel,
});
