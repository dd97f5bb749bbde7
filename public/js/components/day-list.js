import { count } from '../format/quantity.js';
import { clock } from '../state/clock.js';
import { useStore } from '../state/use-store.js';
import { html, useMemo } from '../view.js';
import { dayRows } from './day-rows.js';
import { VirtualList } from './virtual-list.js';

/**
 * A long list, newest first, with days as headings and repeats in a row folded into one; `row` gets how many times it came.
 * @template Item
 * @param {{ items: readonly Item[], rowHeight: number, label: string, keyOf: (item: Item) => string | number,
 *   at: (item: Item) => string, same?: (one: Item, other: Item) => boolean, row: (item: Item, times: any) => unknown,
 *   more?: boolean, onOpen?: (item: Item) => void, onNearEnd?: () => void, selectedKey?: string | number | null, class?: string }} props `more`: older ones are not there yet, and may be more of the same
 */
export function DayList({ items, keyOf, at, same, more = false, row, onOpen, ...rest }) {
  // Days change at midnight: once a minute is often enough to see it.
  const now = useStore(clock, (state) => Math.floor(state.now / 60_000) * 60_000);
  const rows = useMemo(
    () => dayRows(items, { at, keyOf, now, ...(same !== undefined && { same }) }),
    [items, now],
  );
  const oldest = more ? rows.at(-1) : undefined;
  return html`<${VirtualList}
    ...${rest}
    items=${rows}
    keyOf=${(/** @type {any} */ each) => each.key}
    isHeading=${isHeading}
    onOpen=${onOpen === undefined ? undefined : (/** @type {any} */ each) => each.item !== undefined && onOpen(each.item)}
    row=${(/** @type {any} */ each) =>
      each.item === undefined
        ? html`<h3>${each.day}</h3>`
        : row(
            each.item,
            each.times > 1
              ? html`<span class="times">× ${count(each.times)}${each === oldest ? '+' : ''}</span>`
              : null,
          )}
  />`;
}

/** @param {{ item?: unknown }} row */
function isHeading({ item }) {
  return item === undefined;
}
