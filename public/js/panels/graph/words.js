import { tokenOf } from '../../components/token.js';
import { predicateWords } from './predicate.js';
import { createRoom, placeOnLine } from './room.js';

/** From this scale on every node has room for its name. */
const closeScale = 2.2;
const mostChars = 32;
const fontPixels = 12;
const linePixels = 16;

/** The rim of a node as the picture draws it. @param {{ mentions: number }} node */
export function radiusOf({ mentions }) {
  return 3 * Math.sqrt(sizeOf(mentions));
}

/** @param {number} mentions */
export function sizeOf(mentions) {
  return Math.min(24, 1 + Math.sqrt(mentions));
}

/** How much a name matters: the least first. */
const chosenOne = 0;
const related = 1;
const found = 2;
const often = 3;
const rest = 4;

/**
 * Everything that is written on the picture, over all nodes and lines: the names, and how the chosen one is related.
 * What would be written over another word is left out, the less important first; the panel beside has all of it.
 * @param {CanvasRenderingContext2D} context @param {number} scale
 * @param {{ nodes: readonly any[], links: readonly any[], chosen: number | null, isFound: (node: any) => boolean }} picture
 */
export function drawWords(context, scale, { nodes, links, chosen, isFound }) {
  const isInSight = sightOf(context);
  const ofChosen = links.filter(({ source, target }) => source.id === chosen || target.id === chosen);
  const near = new Set(ofChosen.flatMap(({ source, target }) => [source.id, target.id]));
  const rankOf = (/** @type {any} */ node) => {
    if (node.id === chosen) return chosenOne;
    if (near.has(node.id)) return related;
    return isFound(node) ? found : node.isNamed ? often : rest;
  };
  const ranked = nodes
    .map((node) => ({ node, rank: rankOf(node) }))
    .filter(({ node, rank }) => (rank < rest || scale >= closeScale) && isInSight(node))
    .sort((one, other) => one.rank - other.rank);
  context.font = `${fontPixels / scale}px ${tokenOf('words')}`;
  const room = createRoom();
  for (const { node, rank } of ranked) if (rank <= related) room.take(boxOf(node, rank, scale));
  for (const { node, rank } of ranked) drawName(context, scale, { node, rank, room });
  for (const { node, rank } of ranked) if (rank > related) room.take(boxOf(node, rank, scale));
  for (const link of ofChosen) drawRelation(context, scale, { link, room });
}

/** @typedef {ReturnType<typeof createRoom>} Room */

/** @param {CanvasRenderingContext2D} context @param {number} scale @param {{ node: any, rank: number, room: Room }} what */
function drawName(context, scale, { node, rank, room }) {
  const isBright = rank === chosenOne || rank === found;
  if (isBright) drawRing(context, node, scale);
  const word = shortened(node.name);
  const size = sizeOfWord(context, word, scale);
  const away = radiusOf(node) + 5 / scale + size.height / 2;
  const x = withinSight(context, node.x, size.width);
  const below = { ...size, x, y: node.y + away };
  const above = { ...size, x, y: node.y - away };
  const box = [below, above].find(room.isFree) ?? (rank === chosenOne ? below : undefined);
  if (box === undefined) return;
  room.take(box);
  drawWord(context, word, box, { scale, tone: isBright ? 'text' : 'soft' });
}

/** @param {CanvasRenderingContext2D} context @param {number} scale @param {{ link: any, room: Room }} what */
function drawRelation(context, scale, { link: { source, target, predicate }, room }) {
  const word = predicateWords(predicate).slice(0, mostChars);
  const box = placeOnLine(circleOf(source), circleOf(target), sizeOfWord(context, word, scale), room);
  if (box === null) return;
  room.take(box);
  drawWord(context, word, box, { scale, tone: 'purple' });
}

/** The place that a node takes, with its ring where it has one. @param {any} node @param {number} rank @param {number} scale */
function boxOf(node, rank, scale) {
  const side = 2 * (radiusOf(node) + (rank === chosenOne || rank === found ? 4 : 1) / scale);
  return { x: node.x, y: node.y, width: side, height: side };
}

/** @param {any} node */
function circleOf(node) {
  return { x: node.x, y: node.y, radius: radiusOf(node) };
}

/** Whether a node is within the canvas as it is moved and zoomed now. @param {CanvasRenderingContext2D} context */
function sightOf(context) {
  const { a, d, e, f } = context.getTransform();
  const { width, height } = context.canvas;
  return (/** @type {{ x: number, y: number }} */ { x, y }) =>
    x * a + e > 0 && x * a + e < width && y * d + f > 0 && y * d + f < height;
}

/**
 * The middle of a word that no edge of the canvas cuts, as near to its node as can be.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} width
 */
function withinSight(context, x, width) {
  const { a, e } = context.getTransform();
  const [left, right] = [-e / a, (context.canvas.width - e) / a];
  return Math.max(left + width / 2, Math.min(right - width / 2, x));
}

/** @param {CanvasRenderingContext2D} context @param {string} word @param {number} scale */
function sizeOfWord(context, word, scale) {
  return { width: context.measureText(word).width + 6 / scale, height: linePixels / scale };
}

/** @param {CanvasRenderingContext2D} context @param {any} node @param {number} scale */
function drawRing(context, node, scale) {
  context.strokeStyle = tokenOf('text');
  context.lineWidth = 2 / scale;
  context.beginPath();
  context.arc(node.x, node.y, radiusOf(node) + 3 / scale, 0, 2 * Math.PI);
  context.stroke();
}

/**
 * A word over whatever is behind it.
 * @param {CanvasRenderingContext2D} context @param {string} word @param {{ x: number, y: number }} at
 * @param {{ scale: number, tone: string }} style
 */
function drawWord(context, word, { x, y }, { scale, tone }) {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3 / scale;
  context.strokeStyle = tokenOf('ground');
  context.fillStyle = tokenOf(tone);
  context.strokeText(word, x, y);
  context.fillText(word, x, y);
}

/** @param {string} name */
function shortened(name) {
  return name.length > mostChars ? `${name.slice(0, mostChars - 1)}…` : name;
}
