import { useRef } from '../view.js';

/** A pointer that went further has dragged, or marked a text. */
const stillPx = 8;
/** What has an act of its own inside of a row. */
const ownActs = 'a, button, input, select, textarea, summary, label';

/**
 * @template Item
 * @typedef {object} Press
 * @property {Item} item
 * @property {number} x
 * @property {number} y
 */

/**
 * Handlers for a list whose rows come and go while somebody clicks: what was under the pointer as it went down is opened, even
 * where another row stands there by the time it comes up, or where the element is gone, for which a browser tells no click.
 * A click that no pointer made, such as that of a screen reader, opens the row that it is told of.
 * @template Item
 * @param {(element: Element) => Item | undefined} itemAt the item whose row an element is in
 * @param {((item: Item) => void) | undefined} onOpen
 */
export function usePress(itemAt, onOpen) {
  const pressed = useRef(/** @type {Press<Item> | null} */ (null));
  const latest = useRef(onOpen);
  latest.current = onOpen;
  if (onOpen === undefined) return {};
  const open = (/** @type {Press<Item>} */ press) => {
    if (pressed.current !== press) return;
    pressed.current = null;
    latest.current?.(press.item);
  };
  return {
    onPointerDown(/** @type {PointerEvent} */ event) {
      pressed.current = null;
      const target = /** @type {Element} */ (event.target);
      if (event.button !== 0 || target.closest(ownActs) !== null) return;
      const item = itemAt(target);
      if (item !== undefined) pressed.current = { item, x: event.clientX, y: event.clientY };
    },
    onPointerUp(/** @type {PointerEvent} */ event) {
      const press = pressed.current;
      if (press === null) return;
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) > stillPx) pressed.current = null;
      // After the click, if there is one.
      else setTimeout(() => open(press));
    },
    onPointerCancel() {
      pressed.current = null;
    },
    onClick(/** @type {MouseEvent} */ event) {
      if (event.detail !== 0) {
        if (pressed.current !== null) open(pressed.current);
        return;
      }
      const item = itemAt(/** @type {Element} */ (event.target));
      if (item !== undefined) latest.current?.(item);
    },
  };
}
