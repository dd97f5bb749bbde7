import { html, useEffect, useLayoutEffect, useRef, useState } from '../view.js';
import { Button } from './basics.js';

let lastDialog = 0;

/**
 * A dialog over the page. The browser's own: it keeps the focus inside, closes on Escape and gives the focus back.
 * @param {{ title: string, onClose: () => void, children?: unknown, wide?: boolean }} props
 */
export function Dialog({ title, onClose, children, wide = false }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isGone = useRef(false);
  // One may lie over another, and each has a name of its own.
  const [titleId] = useState(() => `dialog-title-${++lastDialog}`);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      isGone.current = true;
      // One that is only taken out of the page would not give the focus back.
      dialog?.close();
    };
  }, []);
  // What it belongs to is gone from the page beneath.
  useEffect(() => {
    addEventListener('hashchange', onClose);
    return () => removeEventListener('hashchange', onClose);
  }, [onClose]);
  const onClosed = () => {
    if (!isGone.current) onClose();
  };
  const onBackdrop = (/** @type {MouseEvent} */ event) => {
    if (event.target === element.current) onClose();
  };
  return html`<dialog
    ref=${element}
    class=${`dialog${wide ? ' is-wide' : ''}`}
    aria-labelledby=${titleId}
    onClose=${onClosed}
    onClick=${onBackdrop}
  >
    <div class="dialog-body">
      <h1 id=${titleId}>${title}</h1>
      ${children}
    </div>
  </dialog>`;
}

/**
 * Says that what an address leads to is not there (any more).
 * @param {{ what: string, id: number, onClose: () => void }} props
 */
export function Gone({ what, id, onClose }) {
  return html`<${Dialog} title="Not here" onClose=${onClose}>
    <p class="prose">There is no ${what} ${id}: it was never there, or it was kept long enough.</p>
    <div class="actions is-end"><${Button} onClick=${onClose}>Close<//></div>
  <//>`;
}

/**
 * Asks once before what cannot be undone, and takes a reason where one is wanted.
 * @param {{ title: string, children?: unknown, verb: string, danger?: boolean, reason?: 'optional' | 'none',
 *   onConfirm: (reason: string) => void, onClose: () => void }} props
 */
export function Confirm({ title, children, verb, danger = false, reason = 'none', onConfirm, onClose }) {
  const [text, setText] = useState('');
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    onConfirm(text.trim());
    onClose();
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="stack" onSubmit=${onSubmit}>
      <p class="soft prose">${children}</p>
      ${
        reason === 'none'
          ? null
          : html`<div class="field">
              <label for="reason">Reason, if you like</label>
              <textarea
                id="reason"
                rows="3"
                maxlength="2000"
                value=${text}
                onInput=${(/** @type {any} */ e) => setText(e.target.value)}
              ></textarea>
            </div>`
      }
      <div class="actions is-end">
        <${Button} onClick=${onClose}>Keep as it is<//>
        <${Button} type="submit" kind=${danger ? 'danger' : 'primary'}>${verb}<//>
      </div>
    </form>
  <//>`;
}
