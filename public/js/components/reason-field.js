import { html } from '../view.js';

/**
 * A line for why somebody decides so, where they like to say it.
 * @param {{ reason: string, onReason: (reason: string) => void, says: string }} props `says`: what becomes of it
 */
export function ReasonField({ reason, onReason, says }) {
  return html`<input
    type="text"
    class="reason-field"
    aria-label="Reason, if you like"
    placeholder="Why, if you like"
    title=${says}
    maxlength="2000"
    value=${reason}
    onInput=${(/** @type {any} */ event) => onReason(event.target.value)}
  />`;
}
