import { NinjaFigure } from '../../ninja/figure.js';
import { useMood } from '../../ninja/ninja.js';
import { html } from '../../view.js';
import { writeDraft } from './drafts.js';
import { sendMessage } from './outbox.js';

/** What can be asked of it at once; the last one is for the owner to end. */
const examples = [
  { text: 'What is waiting for me?', says: 'the agent looks' },
  { text: '/status', says: 'answered at once, costs nothing' },
  { text: '/remember ', says: 'a note that it recalls when it fits' },
];

/** What stands over the field while nothing was said. */
export function Beginning() {
  const { mood } = useMood();
  return html`<div class="beginning">
    <${NinjaFigure} mood=${mood} size=${72} headOnly />
    <h2>What is it about?</h2>
    <p class="soft">
      Replies come as they are written. Your first message names the conversation, and the agent keeps its
      thread as long as you go on in it.
    </p>
  </div>`;
}

/** @param {{ conversation: string }} props */
export function Examples({ conversation }) {
  const take = (/** @type {string} */ text) => {
    if (text.endsWith(' ')) writeDraft(conversation, text);
    else sendMessage(conversation, text);
    document.getElementById('message')?.focus();
  };
  return html`<ul class="examples" aria-label="Examples">
    ${examples.map(
      ({ text, says }) =>
        html`<li key=${text}>
          <button type="button" class="button example" onClick=${() => take(text)}>
            <span>${text.endsWith(' ') ? `${text}…` : text}</span><span class="soft small">${says}</span>
          </button>
        </li>`,
    )}
  </ul>`;
}
