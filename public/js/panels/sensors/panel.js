/** Panel of the sensors and the self-watch. */
export const panel = /** @type {const} @satisfies {import('../panels.js').Panel} */ ({
  id: 'sensors',
  label: 'Sensors',
  key: 's',
  icon: 'M8 7a1 1 0 100 2 1 1 0 000-2zM5 5a4.2 4.2 0 000 6M11 5a4.2 4.2 0 010 6M2.8 2.8a7.4 7.4 0 000 10.4M13.2 2.8a7.4 7.4 0 010 10.4',
  says: 'What watches by itself',
  load: async () => (await import('./sensors.js')).SensorsPanel,
});
