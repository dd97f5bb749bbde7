/** The kinds of entities. */
export const kinds = /** @type {const} */ ([
  'person',
  'organisation',
  'place',
  'host',
  'service',
  'repository',
  'url',
  'email',
  'ip',
  'version',
  'other',
]);

const hued = new Set(['person', 'organisation', 'place', 'host', 'service', 'repository', 'url', 'ip']);

/** The hue of a kind, which means nothing else. @param {string} kind @returns {import('../../format/state.js').Tone} */
export function kindTone(kind) {
  const name = kind === 'email' ? 'url' : kind;
  return /** @type {import('../../format/state.js').Tone} */ (hued.has(name) ? `kind-${name}` : 'soft');
}
