import { dayOf } from '../format/day.js';

/**
 * @template Item
 * @typedef {{ key: string, day: string, item?: undefined, times: 0 } | { key: string | number, day?: undefined, item: Item, times: number }} DayRow
 *   `times`: how many of the same followed one another; the newest one stands for them
 */

/**
 * A list, newest first, with the day over the first of each day, and with repeats in a row folded into one.
 * @template Item
 * @param {readonly Item[]} items
 * @param {{ at: (item: Item) => string, keyOf: (item: Item) => string | number, same?: (one: Item, other: Item) => boolean,
 *   now: number }} how `now`: epoch milliseconds
 * @returns {DayRow<Item>[]}
 */
export function dayRows(items, { at, keyOf, same = () => false, now }) {
  /** @type {DayRow<Item>[]} */
  const rows = [];
  let today = '';
  for (const item of items) {
    const day = dayOf(at(item), now);
    const last = rows.at(-1);
    if (day !== today) rows.push({ key: `day-${day}`, day, times: 0 });
    else if (last?.item !== undefined && same(last.item, item)) {
      last.times += 1;
      continue;
    }
    today = day;
    rows.push({ key: keyOf(item), item, times: 1 });
  }
  return rows;
}
