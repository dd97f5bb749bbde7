import { Problem } from '../../components/basics.js';
import { loadScript } from '../../components/load-script.js';
import { tokenOf } from '../../components/token.js';
import { html, useEffect, useRef, useState } from '../../view.js';
import { kindTone } from './kinds.js';

/** The simulation rests after this; a graph of 2,000 is laid out well enough by then. */
const settleMs = 4_000;
const labelledNodes = 24;

/**
 * The graph as a picture on a canvas, which stays fast with thousands of entities. A search beside it reaches
 * everything that it shows.
 * @param {{ graph: import('../../../../src/lib/dashboard/protocol/knowledge.ts').GraphView, chosen: number | null, find: string,
 *   onChoose: (id: number | null) => void }} props
 */
export function Picture({ graph, chosen, find, onChoose }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const picture = useRef(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const latest = useRef({ chosen, find, onChoose });
  latest.current = { chosen, find, onChoose };

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
  }, [graph]);

  useEffect(() => {
    const node = picture.current?.graphData().nodes.find((/** @type {any} */ each) => each.id === chosen);
    if (node?.x !== undefined)
      picture.current.centerAt(
        node.x,
        node.y,
        matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 400,
      );
    // Drawn anew, since what is bright has changed.
    picture.current?.nodeColor(picture.current.nodeColor());
  }, [chosen, find]);

  if (error !== null)
    return html`<div class="panel">
      <${Problem}
        problem=${{ message: 'What draws the picture could not be loaded; the search still finds every entity.' }}
      />
    </div>`;
  return html`<div
    class="graph-canvas"
    ref=${box}
    role="img"
    aria-label=${`${graph.nodes.length} entities and ${graph.edges.length} relations; search to reach one by name`}
  ></div>`;
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
  const isBright = (/** @type {any} */ node) =>
    latest.current.find === '' || node.name.toLowerCase().includes(latest.current.find.toLowerCase());
  const isOfChosen = (/** @type {any} */ link) =>
    link.source.id === latest.current.chosen || link.target.id === latest.current.chosen;
  // Until somebody moves it, the picture follows its own growing.
  let follows = true;
  const follow = () => follows && fit(picture);
  const leave = () => void (follows = false);
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
    .nodeVal((/** @type {any} */ node) => Math.min(24, 1 + Math.sqrt(node.mentions)))
    .nodeColor((/** @type {any} */ node) => tokenOf(kindTone(node.kind)))
    .nodeLabel(null)
    .linkColor(() => `${tokenOf('mark')}${nodes.length > 300 ? '55' : 'cc'}`)
    .linkDirectionalArrowLength(nodes.length > 300 ? 0 : 4)
    .linkDirectionalArrowRelPos(0.8)
    .linkCanvasObjectMode((/** @type {any} */ link) => (isOfChosen(link) ? 'after' : undefined))
    .linkCanvasObject(drawPredicate)
    .linkWidth((/** @type {any} */ link) => (isOfChosen(link) ? 2 : 0.8))
    .onNodeClick((/** @type {any} */ node) => latest.current.onChoose(node.id))
    .onBackgroundClick(() => latest.current.onChoose(null))
    .onEngineTick(follow)
    .onEngineStop(() => {
      follow();
      leave();
    })
    .nodeCanvasObjectMode(() => 'after')
    .nodeCanvasObject(
      (
        /** @type {any} */ node,
        /** @type {CanvasRenderingContext2D} */ context,
        /** @type {number} */ scale,
      ) => {
        drawName(
          node,
          context,
          scale,
          node.id === latest.current.chosen,
          isBright(node) && latest.current.find !== '',
        );
      },
    );
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

/** All of it is in sight, but a few entities are not blown up. @param {any} picture */
function fit(picture) {
  picture.zoomToFit(0, 64);
  if (picture.zoom() > closest) picture.zoom(closest, 0);
}

/** How the chosen one is related, written on the line. @param {any} link @param {CanvasRenderingContext2D} context @param {number} scale */
function drawPredicate({ source, target, predicate }, context, scale) {
  drawWord(
    context,
    predicate.replaceAll('_', ' ').slice(0, 32),
    { x: (source.x + target.x) / 2, y: (source.y + target.y) / 2, scale },
    'text',
  );
}

/** @param {any} node @param {CanvasRenderingContext2D} context @param {number} scale @param {boolean} isChosen @param {boolean} isFound */
function drawName(node, context, scale, isChosen, isFound) {
  const radius = 3 * Math.sqrt(Math.min(24, 1 + Math.sqrt(node.mentions)));
  if (isChosen || isFound) {
    context.strokeStyle = tokenOf('text');
    context.lineWidth = 2 / scale;
    context.beginPath();
    context.arc(node.x, node.y, radius + 3 / scale, 0, 2 * Math.PI);
    context.stroke();
  }
  if (!isChosen && !isFound && !node.isNamed && scale < 2.2) return;
  const name = node.name.length > 32 ? `${node.name.slice(0, 31)}…` : node.name;
  drawWord(
    context,
    name,
    { x: node.x, y: node.y + radius + 2 / scale, scale },
    isChosen || isFound ? 'text' : 'soft',
  );
}

/** A word over whatever is behind it. @param {CanvasRenderingContext2D} context @param {string} word @param {{ x: number, y: number, scale: number }} at @param {string} tone */
function drawWord(context, word, { x, y, scale }, tone) {
  context.font = `${12 / scale}px ${tokenOf('words')}`;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.lineWidth = 3 / scale;
  context.strokeStyle = tokenOf('ground');
  context.fillStyle = tokenOf(tone);
  context.strokeText(word, x, y);
  context.fillText(word, x, y);
}
