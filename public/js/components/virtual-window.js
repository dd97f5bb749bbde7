/**
 * @typedef {object} Scrolled
 * @property {number} scrollTop pixels
 * @property {number} viewport height of what is seen, pixels
 * @property {number} rowHeight pixels, the same for all rows
 * @property {number} rows how many there are
 * @property {number} [overscan] rows rendered beyond each edge
 */

/**
 * Which rows of a list of equal heights are to be rendered, and how tall the room above and below them is.
 * @param {Scrolled} scrolled
 * @returns {{ first: number, last: number, above: number, below: number }} `last` is exclusive
 */
export function windowOf({ scrollTop, viewport, rowHeight, rows, overscan = 6 }) {
  const top = Math.max(0, Math.min(scrollTop, Math.max(0, rows * rowHeight - viewport)));
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const last = Math.min(rows, Math.ceil((top + viewport) / rowHeight) + overscan);
  return { first, last, above: first * rowHeight, below: (rows - last) * rowHeight };
}

/**
 * Where to scroll so that a row is seen whole; the present position where it is already.
 * @param {Omit<Scrolled, 'rows' | 'overscan'> & { index: number }} wanted
 */
export function scrollTopFor({ index, scrollTop, viewport, rowHeight }) {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewport) return top + rowHeight - viewport;
  return scrollTop;
}
