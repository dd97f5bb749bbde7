import { useEffect, useRef } from '../view.js';

/**
 * Brings the row that an address leads to into sight and to the keyboard; returns the row's ref.
 * @param {boolean} isChosen
 */
export function useShown(isChosen) {
  const row = useRef(/** @type {HTMLLIElement | null} */ (null));
  useEffect(() => {
    if (!isChosen) return;
    row.current?.scrollIntoView({ block: 'nearest' });
    row.current?.focus({ preventScroll: true });
  }, [isChosen]);
  return row;
}
