import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../view.js';
import { usePress } from './use-press.js';
import { scrollTopFor, windowOf } from './virtual-window.js';

const headingPx = 28;

/** No heading is among the rows. @returns {boolean} */
const never = () => false;

/**
 * A long list of which only the rows in sight exist. Arrow keys, Home and End move from row to row; Enter and Space
 * open one.
 * @template Item
 * @param {{ items: readonly Item[], rowHeight: number, label: string, keyOf: (item: Item) => string | number,
 *   row: (item: Item, index: number) => unknown, onOpen?: (item: Item) => void, onNearEnd?: () => void,
 *   selectedKey?: string | number | null, reuses?: boolean, class?: string, isHeading?: (item: Item) => boolean }} props `reuses`: the rows' elements keep their
 *   places and get other texts, for a list that is all new several times a second
 */
export function VirtualList({
  items,
  rowHeight,
  label,
  keyOf,
  row,
  onOpen,
  onNearEnd,
  selectedKey = null,
  reuses = false,
  class: className = '',
  isHeading = never,
}) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [scroll, setScroll] = useState({ scrollTop: 0, viewport: 600 });
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = () => setScroll({ scrollTop: element.scrollTop, viewport: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const current = besides(Math.min(active, Math.max(0, items.length - 1)), 1);
  const seen = windowOf({ ...scroll, rowHeight, rows: items.length });
  const { setSize, placeOf } = useMemo(() => placesOf(items, isHeading), [items, isHeading]);
  const open = (/** @type {Item} */ item) => {
    const key = keyOf(item);
    setActive(
      Math.max(
        0,
        items.findIndex((each) => keyOf(each) === key),
      ),
    );
    onOpen?.(item);
  };
  const press = usePress(
    (element) => {
      const index = /** @type {HTMLElement | null} */ (element.closest('[data-index]'))?.dataset.index;
      return index === undefined ? undefined : items[Number(index)];
    },
    onOpen === undefined ? undefined : open,
  );
  // The first heading needs no space that parts it from rows above.
  const lift = items[0] !== undefined && isHeading(items[0]) ? Math.max(0, rowHeight - headingPx) : 0;
  const nearEnd = seen.last >= items.length - 10;
  useEffect(() => {
    if (nearEnd && items.length > 0) onNearEnd?.();
  }, [nearEnd, items.length]);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    /** @type {HTMLElement | null | undefined} */
    const element = box.current?.querySelector(`[data-index="${current}"]`);
    element?.focus({ preventScroll: true });
  });

  /** The row that is reached there: no heading, but what stands beyond it. @param {number} index @param {1 | -1} step */
  function besides(index, step) {
    const item = items[index];
    if (item === undefined || !isHeading(item)) return index;
    const beyond = index + step;
    return beyond >= 0 && beyond < items.length ? beyond : index - step;
  }

  const moveTo = (/** @type {number} */ index) => {
    const element = box.current;
    if (element === null) return;
    wantsFocus.current = true;
    element.scrollTop = scrollTopFor({
      index,
      scrollTop: element.scrollTop,
      viewport: element.clientHeight,
      rowHeight,
    });
    setActive(index);
    setScroll({ scrollTop: element.scrollTop, viewport: element.clientHeight });
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.target !== event.currentTarget && !(/** @type {HTMLElement} */ (event.target).dataset.index))
      return;
    const page = Math.max(1, Math.floor(scroll.viewport / rowHeight) - 1);
    const targets = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      j: current + 1,
      k: current - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: current + page,
      PageUp: current - page,
    };
    const target = targets[/** @type {keyof typeof targets} */ (event.key)];
    const item = items[current];
    if (target !== undefined)
      moveTo(besides(Math.max(0, Math.min(items.length - 1, target)), target < current ? -1 : 1));
    else if ((event.key === 'Enter' || event.key === ' ') && item !== undefined && onOpen !== undefined)
      onOpen(item);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return html`<div
    class=${`virtual ${className}`}
    ref=${box}
    role="list"
    aria-label=${label}
    tabindex=${items.length === 0 ? -1 : undefined}
    onScroll=${(/** @type {Event} */ event) => {
      const element = /** @type {HTMLElement} */ (event.currentTarget);
      setScroll({ scrollTop: element.scrollTop, viewport: element.clientHeight });
    }}
    onKeyDown=${onKeyDown}
  >
    <div
      class="virtual-room"
      role="presentation"
      style=${{ height: `${items.length * rowHeight}px`, marginTop: `${-lift}px` }}
      ...${press}
    >
      ${items.slice(seen.first, seen.last).map((item, offset) => {
        const index = seen.first + offset;
        const key = keyOf(item);
        if (isHeading(item))
          return html`<div
            key=${key}
            role="listitem"
            class="virtual-row is-heading"
            style=${{ height: `${rowHeight}px`, transform: `translateY(${index * rowHeight}px)` }}
          >
            ${row(item, index)}
          </div>`;
        return html`<div
          key=${reuses ? offset : key}
          role="listitem"
          class=${`virtual-row${key === selectedKey ? ' is-selected' : ''}${onOpen === undefined ? '' : ' opens'}`}
          data-index=${index}
          aria-setsize=${setSize}
          aria-posinset=${placeOf(index)}
          aria-current=${key === selectedKey ? 'true' : undefined}
          tabindex=${index === current ? 0 : -1}
          style=${{ height: `${rowHeight}px`, transform: `translateY(${index * rowHeight}px)` }}
        >
          ${row(item, index)}
        </div>`;
      })}
    </div>
  </div>`;
}

/**
 * How many rows there are besides headings, and which of them an item is, the first being 1.
 * @template Item
 * @param {readonly Item[]} items @param {(item: Item) => boolean} isHeading
 */
function placesOf(items, isHeading) {
  if (isHeading === never)
    return { setSize: items.length, placeOf: (/** @type {number} */ index) => index + 1 };
  let setSize = 0;
  const places = items.map((item) => (isHeading(item) ? setSize : ++setSize));
  return { setSize, placeOf: (/** @type {number} */ index) => places[index] ?? 0 };
}
