/**
 * @typedef {object} Route
 * @property {string} id also the address: `#/tasks`
 * @property {string} label
 * @property {string} key the second key of `g …`
 * @property {string} icon path data on a 16 × 16 grid, drawn as lines
 * @property {string} says what the panel is for
 */

/** The panels in the order of the rail. The first four stand in the bar of a phone. */
export const routes = /** @type {const} @satisfies {readonly Route[]} */ ([
  {
    id: 'now',
    label: 'Now',
    key: 'n',
    icon: 'M2 9h3l2-5 3 9 2-4h2',
    says: 'How it is, what runs, what waits for you',
  },
  { id: 'chat', label: 'Chat', key: 'c', icon: 'M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2z', says: 'Talk to it' },
  {
    id: 'tasks',
    label: 'Tasks',
    key: 't',
    icon: 'M2.5 4l1 1 2-2M2.5 8.5l1 1 2-2M2.5 13l1 1 2-2M8 4.5h5.5M8 9h5.5M8 13.5h5.5',
    says: 'Everything that the agent did, does and will do',
  },
  {
    id: 'decide',
    label: 'Decide',
    key: 'd',
    icon: 'M8 2v12M4 13.5h8M3 5h10M3 5l-1.5 4h3zM13 5l-1.5 4h3z',
    says: 'Wishes, findings and goals',
  },
  {
    id: 'memory',
    label: 'Memory',
    key: 'm',
    icon: 'M3 3.5c2-1 4-.5 5 .5c1-1 3-1.5 5-.5v9c-2-1-4-.5-5 .5c-1-1-3-1.5-5-.5zM8 4v9',
    says: 'What it remembers, and why it recalls it',
  },
  {
    id: 'graph',
    label: 'Graph',
    key: 'k',
    icon: 'M4 4.5L8 8l4.5-3M8 8l-2.5 4.5M8 8l4 4M4 4.5m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M8 8m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0',
    says: 'Whom and what it knows',
  },
  {
    id: 'fleet',
    label: 'Fleet',
    key: 'f',
    icon: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
    says: 'Your machines',
  },
  {
    id: 'tree',
    label: 'Tree',
    key: 'r',
    icon: 'M3 2.5v9.5h3M3 6.5h3M8 5h5.5v3H8zM8 10.5h5.5v3H8z',
    says: 'Every live actor and its state',
  },
  {
    id: 'activity',
    label: 'Activity',
    key: 'a',
    icon: 'M8 4.5V8l2.5 1.5M8 2.5a5.5 5.5 0 1 1-5.200 3.700M2.5 3v3.200h3.200',
    says: 'What happened, line by line',
  },
  {
    id: 'rules',
    label: 'Rules',
    key: 'u',
    icon: 'M2.5 3.5h4l3 4.5h4M2.5 12.5h4l3-4.5M11.5 6l2 2-2 2',
    says: 'Where events go, and why',
  },
  {
    id: 'config',
    label: 'Config',
    key: 'o',
    icon: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3',
    says: 'Every setting there is',
  },
]);

/** @typedef {(typeof routes)[number]['id']} PanelId */

/**
 * What an address says: the panel and what follows it. An unknown one is the first panel.
 * @param {string} hash such as `#/tasks/12?state=failed`
 * @returns {{ panel: PanelId, rest: readonly string[], query: Readonly<Record<string, string>> }}
 */
export function readAddress(hash) {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, ...rest] = path.split('/').filter(Boolean).map(decodePart);
  const panel = routes.find(({ id }) => id === first)?.id ?? 'now';
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
