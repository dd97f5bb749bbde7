/**
 * @typedef {import('../../../../src/inspection/tree-view.ts').ActorView} ActorView
 * @typedef {import('../../../../src/inspection/tree-view.ts').TreeChange} TreeChange
 *
 * @typedef {object} OutlineRow
 * @property {ActorView} actor
 * @property {number} depth
 * @property {readonly boolean[]} lines for each level above, whether its line goes on below this row
 * @property {boolean} isLast among its siblings
 * @property {number} children how many it has
 * @property {string} tally how many of its children are in which state, where they are many
 */

/** So many siblings of one kind are a crowd: each shows itself and not what is inside, the parent counts them. */
const crowd = 8;

/**
 * The actors with what has happened to them since.
 * @param {readonly ActorView[]} actors @param {Pick<TreeChange, 'changed' | 'gone'>} change
 * @returns {readonly ActorView[]}
 */
export function withChange(actors, { changed, gone }) {
  if (changed.length === 0 && gone.length === 0) return actors;
  const left = new Set(gone);
  const news = new Map(changed.map((actor) => [actor.path, actor]));
  const kept = actors
    .filter(({ path }) => !left.has(path) || news.has(path))
    .map((actor) => news.get(actor.path) ?? actor);
  const known = new Set(actors.map(({ path }) => path));
  return [...kept, ...changed.filter(({ path }) => !known.has(path))];
}

/**
 * The actors as an indented outline, children below their parents in the order in which they came. Those below a folded
 * path are left out; with a filter only those that contain it and their ancestors stay.
 * @param {readonly ActorView[]} actors @param {ReadonlySet<string>} folded @param {string} [filter]
 * @returns {OutlineRow[]}
 */
export function outlineOf(actors, folded, filter = '') {
  const paths = new Set(actors.map(({ path }) => path));
  const shown = filter === '' ? null : keptBy(actors, filter.toLowerCase());
  /** @type {Map<string, ActorView[]>} */
  const childrenOf = new Map();
  for (const actor of actors) {
    if (shown !== null && !shown.has(actor.path)) continue;
    const parent = parentOf(actor.path);
    const key = paths.has(parent) ? parent : '';
    const siblings = childrenOf.get(key);
    if (siblings === undefined) childrenOf.set(key, [actor]);
    else siblings.push(actor);
  }
  /** @type {OutlineRow[]} */
  const rows = [];
  /** @param {string} parent @param {number} depth @param {readonly boolean[]} lines */
  const visit = (parent, depth, lines) => {
    const children = childrenOf.get(parent) ?? [];
    children.forEach((actor, index) => {
      const isLast = index === children.length - 1;
      const below = childrenOf.get(actor.path) ?? [];
      rows.push({ actor, depth, lines, isLast, children: below.length, tally: tallyOf(below) });
      if (!folded.has(actor.path) || shown !== null)
        visit(actor.path, depth + 1, depth === 0 ? [] : [...lines, !isLast]);
    });
  };
  visit('', 0, []);
  return rows;
}

/**
 * The paths that are folded: as the owner has said, else those in a crowd, and those that hold nothing but work, such as the
 * alarm of one who rests. What leads to the chosen one is open.
 * @param {readonly ActorView[]} actors @param {ReadonlyMap<string, boolean>} said whether a path is to be folded
 * @param {string | null} [chosen]
 * @returns {ReadonlySet<string>}
 */
export function foldedPaths(actors, said, chosen = null) {
  /** @type {Map<string, number>} */
  const alike = new Map();
  const kindOf = (/** @type {ActorView} */ { path, machine }) => `${parentOf(path)} ${machine ?? ''}`;
  /** Whether what is below a path is work alone. @type {Map<string, boolean>} */
  const worksOnly = new Map();
  for (const actor of actors) {
    alike.set(kindOf(actor), (alike.get(kindOf(actor)) ?? 0) + 1);
    const parent = parentOf(actor.path);
    worksOnly.set(parent, actor.kind === 'work' && worksOnly.get(parent) !== false);
  }
  const inCrowd = (/** @type {ActorView} */ actor) =>
    actor.machine !== null && actor.supervised === null && (alike.get(kindOf(actor)) ?? 0) >= crowd;
  const isFolded = (/** @type {ActorView} */ actor) =>
    said.get(actor.path) ??
    ((inCrowd(actor) || worksOnly.get(actor.path) === true) && chosen?.startsWith(`${actor.path}/`) !== true);
  return new Set(actors.filter(isFolded).map(({ path }) => path));
}

/** @param {readonly ActorView[]} children such as `200: 120 running, 60 recalling, 20 others` */
function tallyOf(children) {
  if (children.length < crowd || children.some(({ supervised }) => supervised !== null)) return '';
  /** @type {Map<string, number>} */
  const words = new Map();
  for (const child of children) words.set(wordOf(child), (words.get(wordOf(child)) ?? 0) + 1);
  const ranked = [...words].sort(([, one], [, other]) => other - one);
  const shown = ranked.slice(0, 3).map(([word, number]) => `${number} ${word}`);
  const others = ranked.slice(3).reduce((sum, [, number]) => sum + number, 0);
  return `${children.length}: ${[...shown, ...(others === 0 ? [] : [`${others} others`])].join(', ')}`;
}

/** @param {readonly ActorView[]} actors @param {string} filter */
function keptBy(actors, filter) {
  const kept = new Set();
  for (const { path, states, supervised } of actors) {
    const text =
      `${path.slice(path.lastIndexOf('/') + 1)} ${states.join(' ')} ${supervised?.state ?? ''}`.toLowerCase();
    if (!text.includes(filter)) continue;
    for (let at = path; at !== '' && !kept.has(at); at = parentOf(at)) kept.add(at);
  }
  return kept;
}

/** @param {string} path */
export function parentOf(path) {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/**
 * How an actor is, in one word: the supervisor's where it says more than `running`.
 * @param {ActorView} actor
 */
export function wordOf({ supervised, states, status, kind }) {
  if (supervised !== null && supervised.state !== 'running') return supervised.state;
  if (status !== 'active') return status;
  return states.length > 0 ? shortened(states) : kind;
}

/** Of several parallel states what they have in common, since a row has no room for all. @param {readonly string[]} states */
function shortened(states) {
  const [first = '', ...others] = states;
  if (others.length === 0) return first;
  const parts = first.split('.');
  const common = parts.findIndex(
    (_, index) => !others.every((other) => other.startsWith(`${parts.slice(0, index + 1).join('.')}.`)),
  );
  return common > 0 ? parts.slice(0, common).join('.') : states.join(', ');
}

/** @param {ActorView} actor @returns {import('../../format/state.js').Sign} */
export function actorSign(actor) {
  const word = wordOf(actor);
  const { supervised, status, kind } = actor;
  // What happens inside of a state is housekeeping: the outermost one tells how it is.
  const states = actor.states.map((state) => state.split('.', 1)[0] ?? '');
  if (supervised?.state === 'failed' || supervised?.state === 'killed' || status === 'error')
    return { glyph: '✕', word, tone: 'pink' };
  if (supervised?.state === 'restarting') return { glyph: '↻', word, tone: 'orange' };
  if (states.some((state) => /^(?:away|escalated|failed)/.test(state)))
    return { glyph: '○', word, tone: 'pink' };
  if (
    states.some((state) =>
      /^(?:degraded|without|stuck|full|starting|connecting|migrating|opening|recovering|terminating|draining|stopping)/.test(
        state,
      ),
    )
  )
    return { glyph: '◐', word, tone: 'orange' };
  if (status === 'done' || status === 'stopped' || supervised?.state === 'stopped')
    return { glyph: '■', word, tone: 'soft' };
  // A promise or a callback that is there is at work; that is no news.
  if (kind === 'work') return { glyph: '·', word: 'at work', tone: 'soft' };
  if (
    states.some((state) => /^(?:running|active|live|recording|serving|working|recalling|reading)/.test(state))
  )
    return { glyph: '▸', word, tone: 'cyan' };
  return { glyph: '●', word, tone: 'green' };
}
