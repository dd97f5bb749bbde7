import { Markdown } from '../../components/markdown.js';
import { duration } from '../../format/duration.js';
import { plural } from '../../format/quantity.js';
import { html } from '../../view.js';

/**
 * @typedef {import('../../../../src/operations.ts').Answers['task.get']} TaskPageData
 * @typedef {TaskPageData['attempts'][number]['entries'][number]} Entry
 */

/**
 * What each attempt said and did, and what is being written now.
 * @param {{ page: TaskPageData }} props
 */
export function Transcript({ page: { task, attempts, live } }) {
  if (attempts.length === 0 && live === null)
    return html`<p class="soft">
      ${task.finishedAt === null ? 'Nothing yet. What the agent says and does shows up here as it happens.' : 'No transcript is kept of this task.'}
    </p>`;
  return html`<div class="transcript">
    ${attempts.map(
      (attempt) =>
        html`<section key=${attempt.attempt} aria-label=${`Attempt ${attempt.attempt}`}>
          ${attempts.length > 1 ? html`<h2 class="attempt">Attempt ${attempt.attempt}</h2>` : null}
          <ol>
            ${attempt.entries.map((entry, index) => html`<${Line} key=${index} entry=${entry} />`)}
          </ol>
          ${attempt.omitted > 0 ? html`<p class="soft small">${plural(attempt.omitted, 'entry', 'entries')} in the middle were left out to bound the record.</p>` : null}
        </section>`,
    )}
    ${
      live === null
        ? null
        : html`<div class="entry is-live" aria-live="off">
            <span class="entry-at"><span class="live-dot"></span></span>
            <div class="entry-body"><${Markdown} text=${live.text} /></div>
          </div>`
    }
  </div>`;
}

/** @param {{ entry: Entry }} props */
function Line({ entry }) {
  return html`<li class=${`entry is-${entry.kind}`}>
    <span class="entry-at mono soft">${duration(entry.at)}</span>
    <div class="entry-body"><${Body} entry=${entry} /></div>
  </li>`;
}

/** @param {{ entry: Entry }} props */
function Body({ entry }) {
  switch (entry.kind) {
    case 'said':
      return html`<${Markdown} text=${entry.text} />`;
    case 'called':
      return html`<p>
          <span class="state is-cyan"><span class="glyph" aria-hidden="true">›</span>${entry.tool}</span>
        </p>
        <pre class="tool-text" tabindex="0" aria-label=${`Input of ${entry.tool}`}>${entry.input}</pre>`;
    case 'returned':
      return html`<details open=${entry.failed}>
        <summary>
          <span class=${`state is-${entry.failed ? 'pink' : 'soft'}`}
            >${entry.failed ? '✕ the tool failed' : 'returned'}</span
          >
          <span class="soft one-line tool-brief">${firstLine(entry.text)}</span>
        </summary>
        <pre class="tool-text" tabindex="0" aria-label="What the tool returned">${entry.text}</pre>
      </details>`;
    case 'denied':
      return html`<p>
        <span class="state is-orange"
          ><span class="glyph" aria-hidden="true">⊘</span>${entry.tool} was not allowed</span
        >
        <span class="soft">${entry.why}</span>
      </p>`;
    case 'steered':
      return html`<p class="steered"><span class="soft small">You said</span><br />${entry.text}</p>`;
    default:
      return html`<p class="soft">${entry.text}</p>`;
  }
}

/** @param {string} text */
function firstLine(text) {
  return text.split('\n', 1)[0]?.slice(0, 120) ?? '';
}
