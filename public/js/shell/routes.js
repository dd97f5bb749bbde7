/** @typedef {import('../panels/panels.js').PanelId} PanelId */

/**
 * What an address says: the panel and what follows it. An unknown one is the first panel.
 * @template {string} Id
 * @param {string} hash such as `#/tasks/12?state=failed` @param {readonly { id: Id }[]} panels
 * @returns {{ panel: Id, rest: readonly string[], query: Readonly<Record<string, string>> }}
 */
export function readAddress(hash, panels) {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, ...rest] = path.split('/').filter(Boolean).map(decodePart);
  const { id: panel } = /** @type {{ id: Id }} */ (panels.find(({ id }) => id === first) ?? panels[0]);
  return { panel, rest, query: Object.fromEntries(new URLSearchParams(search)) };
}

/**
 * The address of a panel or of something in it.
 * @param {PanelId} panel @param {readonly (string | number)[]} [rest] @param {Record<string, string>} [query]
 */
export function addressOf(panel, rest = [], query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${[panel, ...rest].map((part) => encodeURIComponent(part)).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** A part that is no valid encoding is taken as it stands. @param {string} part */
function decodePart(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
