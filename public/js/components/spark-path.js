/**
 * @typedef {object} SparkShape
 * @property {string} line path data of the line, with gaps where values are missing
 * @property {string} area the same down to zero
 * @property {{ x: number, y: number } | null} end the last value's point
 * @property {number | null} limitY where the limit lies
 */

/**
 * The drawing of a sparkline in a box of the given size. It is zero-based: these are amounts.
 * @param {readonly (number | null)[]} values
 * @param {{ width: number, height: number, max?: number, limit?: number }} box `max` defaults to the greatest value
 * @returns {SparkShape}
 */
export function sparkPath(values, { width, height, max, limit }) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(max ?? 0, ...known, limit ?? 0) || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const yOf = (/** @type {number} */ value) => round(height - (value / top) * height);
  /** @type {{ x: number, y: number }[][]} */
  const runs = [];
  let run = /** @type {{ x: number, y: number }[] | undefined} */ (undefined);
  values.forEach((value, index) => {
    if (value === null) {
      run = undefined;
      return;
    }
    if (run === undefined) runs.push((run = []));
    run.push({ x: round(index * step), y: yOf(value) });
  });
  return {
    line: runs.map(lineOf).join(''),
    area: runs
      .map((points) => `${lineOf(points)}L${points.at(-1)?.x} ${height}L${points[0]?.x} ${height}Z`)
      .join(''),
    end: values.at(-1) === null ? null : (runs.at(-1)?.at(-1) ?? null),
    limitY: limit === undefined ? null : yOf(limit),
  };
}

/** @param {readonly { x: number, y: number }[]} points */
function lineOf(points) {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
