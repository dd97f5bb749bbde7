import { html } from '../view.js';

/** Words with what stands between backticks as code. @param {string} text */
export function withCode(text) {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code key=${index}>${part}</code>` : part));
}
