/**
 * @typedef {import('../../../../src/inspection/tree-view.ts').ActorPage} ActorPage
 * @typedef {NonNullable<ActorPage['machine']>} Machine
 * @typedef {{ path: string, name: string, type: string, x: number, y: number, width: number, height: number, isInitial: boolean }} Box
 * @typedef {{ from: string, to: string, events: readonly string[], points: readonly { x: number, y: number }[], label: { x: number, y: number } }} Arrow
 * @typedef {{ width: number, height: number, boxes: readonly Box[], arrows: readonly Arrow[] }} Chart
 */

const charPx = 7.3;
const boxHeight = 28;
const titlePx = 16;
const labelCharPx = 6.6;

/**
 * Where the boxes and arrows of a machine lie. Arrows between the same two states are one, with all their events; what
 * stays in its state has no arrow. Compound states are boxes around their children.
 * @param {Machine} machine @param {any} dagre the layout library
 * @returns {Chart}
 */
export function layoutOf({ states, arrows }, dagre) {
  const graph = new dagre.graphlib.Graph({ compound: true, multigraph: false });
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 44, edgesep: 12, marginx: 8, marginy: 8 });
  const parents = new Set(states.map(({ path }) => parentOf(path)));
  const initials = new Set(
    states.map(({ path, initial }) => (initial === null ? '' : joined(path, initial))),
  );
  for (const { path } of states) {
    if (path === '') continue;
    graph.setNode(path, { width: nameOf(path).length * charPx + 28, height: boxHeight });
  }
  for (const { path } of states) {
    const parent = parentOf(path);
    if (path !== '' && parent !== '' && graph.hasNode(parent)) graph.setParent(path, parent);
  }
  for (const { from, to, events } of bundled(arrows)) {
    const [tail, head] = [leafOf(from, states), leafOf(to, states)];
    if (tail === head || !graph.hasNode(tail) || !graph.hasNode(head)) continue;
    const label = labelOf(events);
    graph.setEdge(tail, head, {
      from,
      to,
      events,
      width: label.length * labelCharPx,
      height: 16,
      labelpos: 'c',
    });
  }
  dagre.layout(graph);
  const boxes = states
    .filter(({ path }) => path !== '')
    .map(({ path, type }) => {
      const { x, y, width, height } = graph.node(path);
      // Above its children a compound state needs room for its name.
      const head = titlePx * nesting(path, states);
      return {
        path,
        name: nameOf(path),
        type,
        x: x - width / 2,
        y: y - height / 2 - head,
        width,
        height: height + head,
        isInitial: initials.has(path),
      };
    })
    // What is around others is drawn first.
    .sort(
      (one, other) =>
        Number(parents.has(other.path)) - Number(parents.has(one.path)) ||
        one.path.length - other.path.length,
    );
  const drawn = graph.edges().map((/** @type {any} */ edge) => {
    const { points, x, y, from, to, events } = graph.edge(edge);
    return { from, to, events, points, label: { x, y } };
  });
  const { width = 0, height = 0 } = graph.graph();
  return { width, height, boxes, arrows: drawn };
}

/**
 * One arrow for all events that lead from a state to another.
 * @param {Machine['arrows']} arrows
 */
export function bundled(arrows) {
  /** @type {Map<string, { from: string, to: string, events: string[] }>} */
  const bundles = new Map();
  for (const { from, to, event, guard } of arrows) {
    if (to === null || to === from) continue;
    const key = `${from}\n${to}`;
    const bundle = bundles.get(key) ?? { from, to, events: [] };
    bundle.events.push(guard === null ? event : `${event} [${guard}]`);
    bundles.set(key, bundle);
  }
  return [...bundles.values()];
}

/** @param {readonly string[]} events */
export function labelOf(events) {
  const first = shortened(events[0] ?? '');
  return events.length > 1 ? `${first} +${events.length - 1}` : first;
}

/** XState's own names for what ended are long. @param {string} event */
function shortened(event) {
  const plain = event
    .replace(/^xstate\.(done|error)\.(?:actor|state)\..*$/, '$1')
    .replace(/^xstate\.after\.(.*?)\..*$/, 'after $1');
  return plain.length > 26 ? `${plain.slice(0, 25)}…` : plain;
}

/** An arrow to or from a compound state ends at its initial child: the layout knows leaves only. @param {string} path @param {Machine['states']} states @returns {string} */
function leafOf(path, states) {
  const state = states.find((each) => each.path === path);
  if (state === undefined) return path;
  if (state.initial !== null) return leafOf(joined(path, state.initial), states);
  const child = states.find((each) => each.path !== '' && parentOf(each.path) === path && path !== '');
  return child === undefined ? path : leafOf(child.path, states);
}

/** How many levels of states a state has inside. @param {string} path @param {Machine['states']} states @returns {number} */
function nesting(path, states) {
  const children = states.filter((each) => each.path !== '' && parentOf(each.path) === path);
  return children.length === 0 ? 0 : 1 + Math.max(...children.map((child) => nesting(child.path, states)));
}

/** @param {string} parent @param {string} name the child's name or, as some say it, its path */
function joined(parent, name) {
  return parent === '' || name.startsWith(`${parent}.`) ? name : `${parent}.${name}`;
}

/** @param {string} path */
function parentOf(path) {
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
}

/** @param {string} path */
function nameOf(path) {
  return path.slice(path.lastIndexOf('.') + 1);
}
