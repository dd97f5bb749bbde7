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

/** @type {Readonly<Record<string, import('../../format/state.js').Tone>>} */
const tones = {
  person: 'text',
  organisation: 'orange',
  place: 'green',
  host: 'cyan',
  service: 'cyan',
  repository: 'purple',
  url: 'yellow',
  email: 'yellow',
  ip: 'cyan',
  version: 'soft',
  other: 'soft',
};

/** In the graph a colour tells a kind and no state. @param {string} kind */
export function kindTone(kind) {
  return tones[kind] ?? 'soft';
}
