import { createStore } from '../state/store.js';
import { go, place } from './location.js';

const chordMs = 1_500;

/** Whether the list of keys is open. */
export const keysDialog = createStore({ open: false });

/** Whether the palette is open, and how often it was opened: each time it begins anew. */
export const palette = createStore({ open: false, openings: 0 });

export function openPalette() {
  palette.set(({ openings }) => ({ open: true, openings: openings + 1 }));
}

/** Closes the palette; one that was opened since stays. @param {number} opening the one to close */
export function closePalette(opening) {
  if (palette.get().openings === opening) palette.set({ open: false });
}

/** Ctrl-K: one that is on its way out, still in the page or not yet told of, is no longer open. */
function togglePalette() {
  const { open, openings } = palette.get();
  /** @type {HTMLDialogElement | null} */
  const shown = document.querySelector('dialog.palette');
  const isLeaving = shown !== null && !shown.open;
  if (open && !isLeaving) closePalette(openings);
  // Over another dialog there would be two ways back.
  else if (document.querySelector('dialog[open]:not(.palette)') === null) openPalette();
}

/** @type {{ keys: string, says: string, run: () => void }[]} */
const panelKeys = [];

/**
 * A key that holds while a panel is shown; returns the function that takes it back.
 * @param {string} keys one character @param {string} says @param {() => void} run
 */
export function bindKey(keys, says, run) {
  const binding = { keys, says, run };
  panelKeys.push(binding);
  return () => void panelKeys.splice(panelKeys.indexOf(binding), 1);
}

/** The keys that the shown panel added. */
export function boundKeys() {
  return panelKeys.map(({ keys, says }) => ({ keys, says }));
}

/**
 * Listens for keys; call it once. Nobody who types in a field is disturbed, except by Escape.
 * @param {readonly { id: import('./routes.js').PanelId, key: string }[]} panels
 */
export function followKeys(panels) {
  let chordUntil = 0;
  addEventListener('keydown', (event) => {
    if (isPaletteKey(event)) {
      event.preventDefault();
      togglePalette();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur();
      return;
    }
    if (document.querySelector('dialog[open]') !== null) return;
    const isSecond = performance.now() < chordUntil;
    chordUntil = 0;
    if (isSecond) {
      const panel = panels.find(({ key }) => key === event.key);
      if (panel === undefined) return;
      event.preventDefault();
      go(panel.id);
    } else if (event.key === 'g') {
      chordUntil = performance.now() + chordMs;
    } else if (event.key === '?') {
      keysDialog.set({ open: true });
    } else if (event.key === '/') {
      if (focusSearch()) event.preventDefault();
    } else {
      const binding = panelKeys.findLast(({ keys }) => keys === event.key);
      if (binding !== undefined) binding.run();
      else if (!rowKeys.includes(event.key) || !focusRow()) return;
      event.preventDefault();
    }
  });
}

const rowKeys = ['ArrowDown', 'ArrowUp', 'j', 'k'];

/** Enters the panel's list at the row where one was last; false where there is none, or where the focus has a place already. */
function focusRow() {
  const { activeElement } = document;
  /** @type {HTMLElement | null} */
  const row = document.querySelector('.main .virtual-row[tabindex="0"]');
  if (row === null || (activeElement !== document.body && activeElement?.id !== 'main')) return false;
  row.focus({ preventScroll: true });
  return true;
}

/** @param {KeyboardEvent} event */
function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !altKey && !shiftKey;
}

/** The search field of the panel; where it has none, the one of the memory. */
export function focusSearch() {
  /** @type {HTMLInputElement | null} */
  const field = document.querySelector('[data-search]');
  if (field === null) {
    go('memory');
    focusWhenShown();
  } else take(field);
  return true;
}

const shownWithinMs = 30_000;

/** The panel is loaded when it is first shown; whoever goes elsewhere meanwhile is left alone. */
function focusWhenShown() {
  let hasArrived = false;
  const watch = new MutationObserver(() => {
    const isThere = place.get().panel === 'memory';
    if (hasArrived && !isThere) watch.disconnect();
    hasArrived = isThere;
    /** @type {HTMLInputElement | null} */
    const field = document.querySelector('[data-search]');
    if (field === null || !isThere) return;
    watch.disconnect();
    take(field);
  });
  watch.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => watch.disconnect(), shownWithinMs);
}

/** @param {HTMLInputElement} field */
function take(field) {
  field.focus();
  field.select();
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
