import { Button, Problem } from '../../components/basics.js';
import { loadScript } from '../../components/load-script.js';
import { tokenOf } from '../../components/token.js';
import { theme } from '../../shell/theme.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useRef, useState } from '../../view.js';
import { kindTone } from './kinds.js';
import { drawWords, sizeOf } from './words.js';

/** The simulation rests after this; a graph of 2,000 is laid out well enough by then. */
const settleMs = 4_000;
const labelledNodes = 24;
/** Of more than this the lines are faint and short; of fewer they have room for a word. */
const crowd = 300;
const shortLine = 30;
const longLine = 60;

/**
 * The graph as a picture on a canvas, which stays fast with thousands of entities. A search beside it reaches
 * everything that it shows.
 * @param {{ graph: import('../../../../src/operations.ts').Answers['graph.get'], chosen: number | null, find: string,
 *   onChoose: (id: number | null) => void }} props
 */
export function Picture({ graph, chosen, find, onChoose }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const picture = useRef(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const isLight = useStore(theme, (state) => state.isLight);
  const latest = useRef({ chosen, find, onChoose, leave: () => {} });
  latest.current = { ...latest.current, chosen, find, onChoose };

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let gone = false;
    const observer = new ResizeObserver(() =>
      picture.current?.width(element.clientWidth).height(element.clientHeight),
    );
    loadScript('/vendor/force-graph.js', 'ForceGraph')
      .then((ForceGraph) => {
        if (gone) return;
        picture.current = pictureOf(ForceGraph, element, graph, latest);
        observer.observe(element);
      })
      .catch((thrown) => {
        if (!gone) setError(thrown);
      });
    return () => {
      gone = true;
      observer.disconnect();
      picture.current?._destructor();
      picture.current = null;
    };
  }, [graph, isLight]);

  useEffect(() => {
    const element = box.current;
    if (element === null || picture.current === null) return;
    picture.current.width(element.clientWidth).height(element.clientHeight);
    if (chosen !== null)
      show(picture.current, chosen, {
        atMost: Math.max(closest, picture.current.zoom()),
        takesMs: moveMs(),
      });
    // Drawn anew, since what is bright has changed.
    picture.current.nodeColor(picture.current.nodeColor());
  }, [chosen, find]);

  if (error !== null)
    return html`<div class="panel">
      <${Problem}
        problem=${{ message: 'What draws the picture could not be loaded; the search still finds every entity.' }}
      />
    </div>`;
  const zoom = (/** @type {number} */ by) => {
    latest.current.leave();
    picture.current?.zoom(picture.current.zoom() * by, moveMs());
  };
  const showAll = () =>
    picture.current && show(picture.current, null, { atMost: closest, takesMs: moveMs() });
  return html`<div
      class="graph-canvas"
      ref=${box}
      role="img"
      aria-label=${`${graph.nodes.length} entities and ${graph.edges.length} relations; search to reach one by name`}
    ></div>
    <div class="graph-zoom" role="group" aria-label="Zoom">
      <${Button} label="Closer" title="Closer" onClick=${() => zoom(zoomStep)}>+<//>
      <${Button} label="Further away" title="Further away" onClick=${() => zoom(1 / zoomStep)}>−<//>
      <${Button} title="All of it" onClick=${showAll}>All<//>
    </div>`;
}

const zoomStep = 1.5;

/** How long the picture moves; not at all for who wants no motion. */
function moveMs() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 400;
}

/** @param {any} ForceGraph @param {HTMLElement} element @param {any} graph @param {{ current: any }} latest */
function pictureOf(ForceGraph, element, graph, latest) {
  const ids = new Set(graph.nodes.map((/** @type {any} */ node) => node.id));
  const links = graph.edges
    .filter(({ subject, object }) => ids.has(subject) && ids.has(object))
    .map((/** @type {any} */ edge) => ({
      source: edge.subject,
      target: edge.object,
      predicate: edge.predicate,
    }));
  const nodes = graph.nodes.map((/** @type {any} */ node, /** @type {number} */ rank) => ({
    ...node,
    isNamed: rank < labelledNodes,
  }));
  const isFound = (/** @type {any} */ node) =>
    latest.current.find !== '' && node.name.toLowerCase().includes(latest.current.find.toLowerCase());
  const isOfChosen = (/** @type {any} */ link) =>
    link.source.id === latest.current.chosen || link.target.id === latest.current.chosen;
  // Until somebody moves it, the picture follows its own growing.
  let follows = true;
  const follow = () => {
    if (follows) show(picture, latest.current.chosen, { atMost: closest, takesMs: 0 });
  };
  const leave = () => void (follows = false);
  latest.current.leave = leave;
  element.addEventListener('pointerdown', leave, { capture: true, once: true });
  element.addEventListener('wheel', leave, { capture: true, once: true, passive: true });
  const picture = new ForceGraph(element)
    .width(element.clientWidth)
    .height(element.clientHeight)
    .backgroundColor(tokenOf('ground'))
    .graphData({ nodes, links })
    .warmupTicks(nodes.length > 500 ? 0 : 40)
    .cooldownTime(settleMs)
    .autoPauseRedraw(true)
    .nodeRelSize(3)
    .nodeVal((/** @type {any} */ node) => sizeOf(node.mentions))
    .nodeColor((/** @type {any} */ node) => tokenOf(kindTone(node.kind)))
    .nodeLabel(null)
    .linkColor(() => `${tokenOf('mark')}${nodes.length > crowd ? '55' : 'cc'}`)
    .linkDirectionalArrowLength(nodes.length > crowd ? 0 : 4)
    .linkDirectionalArrowRelPos(0.8)
    .linkWidth((/** @type {any} */ link) => (isOfChosen(link) ? 2 : 0.8))
    .onNodeClick((/** @type {any} */ node) => latest.current.onChoose(node.id))
    .onBackgroundClick(() => latest.current.onChoose(null))
    .onEngineTick(follow)
    .onEngineStop(() => {
      follow();
      leave();
    })
    .onRenderFramePost((/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ scale) =>
      drawWords(context, scale, { nodes, links, chosen: latest.current.chosen, isFound }),
    );
  picture.d3Force('link').distance(nodes.length > crowd ? shortLine : longLine);
  picture.d3Force('gravity', gravity(nodes));
  return picture;
}

const pull = 0.04;

/** What is related to nothing else stays in sight. @param {any[]} nodes */
function gravity(nodes) {
  return (/** @type {number} */ alpha) => {
    for (const node of nodes) {
      node.vx -= node.x * pull * alpha;
      node.vy -= node.y * pull * alpha;
    }
  };
}

const closest = 2.4;

/**
 * Brings all of it in sight or, where one is chosen, that one and what it is related to; `atMost` is the largest scale,
 * so that a few entities are not blown up.
 * @param {any} picture @param {number | null} chosen @param {{ atMost: number, takesMs: number }} how
 */
function show(picture, chosen, { atMost, takesMs }) {
  const { nodes, links } = picture.graphData();
  const near = new Set([
    chosen,
    ...links.flatMap((/** @type {any} */ { source, target }) =>
      source.id === chosen || target.id === chosen ? [source.id, target.id] : [],
    ),
  ]);
  const isKnown = nodes.some((/** @type {any} */ { id }) => id === chosen);
  const box = picture.getGraphBbox((/** @type {any} */ { id }) => !isKnown || near.has(id));
  // Before the first step of the layout nothing has a place.
  if (!(box?.x[0] <= box?.x[1])) return;
  const [width, height] = [picture.width(), picture.height()];
  const margin = 2 * Math.min(64, width * 0.15, height * 0.15);
  const fitting = Math.min(
    (width - margin) / (box.x[1] - box.x[0]),
    (height - margin) / (box.y[1] - box.y[0]),
  );
  picture.centerAt((box.x[0] + box.x[1]) / 2, (box.y[0] + box.y[1]) / 2, takesMs);
  picture.zoom(Math.min(fitting, atMost), takesMs);
}
