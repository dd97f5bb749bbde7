/**
 * A list, newest first, with rows that are new or changed: known ones are replaced or, where they do not fit the
 * filter any more, taken out; new ones that fit come in by their id. No more than `limit` are kept.
 * @template {{ id: number }} Row
 * @param {readonly Row[]} rows @param {readonly Row[]} changed @param {(row: Row) => boolean} fits @param {number} limit
 * @returns {readonly Row[]}
 */
export function withRows(rows, changed, fits, limit) {
  if (changed.length === 0) return rows;
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const row of changed) {
    if (fits(row)) byId.set(row.id, row);
    else byId.delete(row.id);
  }
  return [...byId.values()].sort((one, other) => other.id - one.id).slice(0, limit);
}

/**
 * A list, newest first, with the following page put at its end; rows that are there already are not doubled.
 * @template {{ id: number }} Row
 * @param {readonly Row[]} rows @param {readonly Row[]} page
 * @returns {readonly Row[]}
 */
export function withPage(rows, page) {
  const known = new Set(rows.map(({ id }) => id));
  return [...rows, ...page.filter(({ id }) => !known.has(id))];
}
