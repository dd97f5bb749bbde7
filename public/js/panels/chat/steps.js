import { useResource } from '../../link/use-resource.js';
import { html } from '../../view.js';

/** @typedef {import('../tasks/transcript.js').Entry} Entry */

/**
 * The tools that the agent used for a reply, each as a card that opens.
 * @param {{ taskId: number }} props
 */
export function Steps({ taskId }) {
  const { data, error } = useResource('task.get', { id: taskId });
  const cards = (data?.attempts ?? []).flatMap(({ entries }) => cardsOf(entries));
  return html`<div class="behind">
    ${data === null ? html`<p class="soft small">${error === null ? 'Looking…' : error.message}</p>` : null}
    <ol class="steps">
      ${cards.map(
        ({ tool, input, result, failed }, index) =>
          html`<li key=${index}>
            <details>
              <summary>
                <span class=${`state is-${failed ? 'pink' : 'cyan'}`}>${tool}</span>
                <span class="soft one-line mono tool-brief">${firstLine(input)}</span>
              </summary>
              <pre class="tool-text" tabindex="0" aria-label=${`Input of ${tool}`}>${input}</pre>
              ${result === null ? null : html`<pre class="tool-text" tabindex="0" aria-label=${`What ${tool} returned`}>${result}</pre>`}
            </details>
          </li>`,
      )}
    </ol>
  </div>`;
}

/**
 * Calls with what came back: results follow their calls in order.
 * @param {readonly Entry[]} entries
 */
function cardsOf(entries) {
  /** @type {{ tool: string, input: string, result: string | null, failed: boolean }[]} */
  const cards = [];
  for (const entry of entries) {
    if (entry.kind === 'called')
      cards.push({ tool: entry.tool, input: entry.input, result: null, failed: false });
    else if (entry.kind === 'returned') {
      const card = cards.find(({ result }) => result === null);
      if (card !== undefined) Object.assign(card, { result: entry.text, failed: entry.failed });
    }
  }
  return cards;
}

/** @param {string} text */
function firstLine(text) {
  return text.split('\n', 1)[0]?.slice(0, 160) ?? '';
}
