/**
 * What waits for the owner comes first, the worst before the rest; else the order stays.
 * @template Row
 * @param {readonly Row[]} rows @param {(row: Row) => number} rankOf the smaller, the sooner
 * @returns {readonly Row[]}
 */
export function ranked(rows, rankOf) {
  return [...rows].sort((one, other) => rankOf(one) - rankOf(other));
}

const severities = ['critical', 'warning', 'info'];

/** @param {{ severity: string }} finding */
export function findingRank({ severity }) {
  const rank = severities.indexOf(severity);
  return rank === -1 ? severities.length : rank;
}

/** Whose turn it is with a wish, in the order in which one wants to see them. */
const turns = /** @type {const} */ ([
  { title: 'Waits for you', states: ['drafted', 'proposed'] },
  { title: 'Could not be drafted', states: ['blocked', 'failed', 'stale'] },
  { title: 'Under way', states: ['drafting', 'approved'] },
  { title: 'Decided', states: [] },
]);

/** @param {{ state: string }} wish */
function turnRank({ state }) {
  const rank = turns.findIndex(({ states }) => /** @type {readonly string[]} */ (states).includes(state));
  return rank === -1 ? turns.length - 1 : rank;
}

/**
 * Wishes with a heading over those of each turn; within one the newest first, as they came.
 * @template {{ id: number, state: string }} Wish
 * @param {readonly Wish[]} wishes
 * @returns {({ key: string, title: string, wish?: undefined } | { key: number, title?: undefined, wish: Wish })[]}
 */
export function byTurn(wishes) {
  return turns.flatMap(({ title }, turn) => {
    const members = wishes.filter((wish) => turnRank(wish) === turn);
    if (members.length === 0) return [];
    return [{ key: `turn-${turn}`, title }, ...members.map((wish) => ({ key: wish.id, wish }))];
  });
}
