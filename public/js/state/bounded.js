/**
 * The list with an item put at its end, and no more than `limit` of the newest kept: what a page that stays open for
 * a week may remember.
 * @template Item
 * @param {readonly Item[]} list @param {readonly Item[]} added @param {number} limit
 * @returns {readonly Item[]}
 */
export function appended(list, added, limit) {
  if (added.length === 0) return list;
  if (added.length >= limit) return added.slice(added.length - limit);
  const room = limit - added.length;
  return [...(list.length > room ? list.slice(list.length - room) : list), ...added];
}

/**
 * The list without what is older than `maxAgeMs`; the same list where nothing is.
 * @template {{ at: number }} Item
 * @param {readonly Item[]} list oldest first
 * @param {number} now @param {number} maxAgeMs
 * @returns {readonly Item[]}
 */
export function withinAge(list, now, maxAgeMs) {
  const first = list.findIndex((item) => now - item.at <= maxAgeMs);
  if (first === 0 || list.length === 0) return list;
  return first === -1 ? [] : list.slice(first);
}
