/**
 * A rectangle by its middle, or a node by its middle and its rim.
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {{ x: number, y: number, radius: number }} Circle
 */

/** What is taken already on a picture, so that words keep out of each other's way. */
export function createRoom() {
  /** @type {Box[]} */
  const taken = [];
  return {
    take: (/** @type {Box} */ box) => void taken.push(box),
    isFree: (/** @type {Box} */ box) => !taken.some((other) => overlap(box, other)),
  };
}

/** From the middle of a line outwards, each first on the line and then beside it. */
const along = [0.5, 0.38, 0.62, 0.26, 0.74, 0.14, 0.86];
const beside = [0, 1, -1];

/**
 * Where a word about a line between two nodes is in nobody's way, as near to its middle as can be; null where there is
 * no such place.
 * @param {Circle} from @param {Circle} to @param {{ width: number, height: number }} size
 * @param {Pick<ReturnType<typeof createRoom>, 'isFree'>} room
 * @returns {Box | null}
 */
export function placeOnLine(from, to, size, room) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const gap = Math.max(0, length - from.radius - to.radius);
  for (const side of beside)
    for (const share of along) {
      const at = from.radius + gap * share;
      const box = {
        ...size,
        x: from.x + dx * at - dy * side * size.height,
        y: from.y + dy * at + dx * side * size.height,
      };
      if (room.isFree(box)) return box;
    }
  return null;
}

/** @param {Box} one @param {Box} other */
function overlap(one, other) {
  return (
    Math.abs(one.x - other.x) * 2 < one.width + other.width &&
    Math.abs(one.y - other.y) * 2 < one.height + other.height
  );
}
