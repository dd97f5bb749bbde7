import { createStore } from '../state/store.js';
import { useStore } from '../state/use-store.js';
import { html } from '../view.js';
import { Button } from './basics.js';

const shownMs = 6_000;
const withActionMs = 10_000;
const heldMs = 2_000;
const most = 4;

/**
 * @typedef {{ id: number, text: string, tone: import('../format/state.js').Tone, action?: { label: string, run: () => void } }} Toast
 * @type {import('../state/store.js').Store<{ toasts: readonly Toast[] }>}
 */
const store = createStore({ toasts: /** @type {readonly Toast[]} */ ([]) });
let lastId = 0;

/**
 * Says something at the edge of the page for some seconds.
 * @param {string} text @param {Omit<Partial<Toast>, 'id' | 'text'>} [options]
 */
export function toast(text, { tone = 'green', action } = {}) {
  const id = ++lastId;
  store.set(({ toasts }) => ({
    toasts: [...toasts, { id, text, tone, ...(action && { action }) }].slice(-most),
  }));
  setTimeout(() => fade(id), action === undefined ? shownMs : withActionMs);
}

/** Takes a toast away, unless somebody is at it: a way back must not go from under the hand. @param {number} id */
function fade(id) {
  const isHeld = document.querySelector(`[data-toast="${id}"]`)?.matches(':hover, :focus-within') === true;
  if (isHeld) setTimeout(() => fade(id), heldMs);
  else dismiss(id);
}

/** @param {number} id */
function dismiss(id) {
  store.set(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) }));
}

/** The toasts; a live region, so that they are heard too. */
export function Toasts() {
  const toasts = useStore(store, (state) => state.toasts);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(
      ({ id, text, tone, action }) =>
        html`<div key=${id} data-toast=${id} class=${`toast is-${tone}`}>
          <span>${text}</span>
          ${
            action === undefined
              ? null
              : html`<${Button}
                  kind="quiet"
                  onClick=${() => {
                    action.run();
                    dismiss(id);
                  }}
                  >${action.label}<//
                >`
          }
        </div>`,
    )}
  </div>`;
}
