import { State } from '../../components/basics.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/** @type {Readonly<Record<string, string>>} */
const trustWords = { owner: 'yours', local: 'this machine’s', untrusted: 'from outside' };

/** Whose word something is. @param {string} trust */
export function trustWord(trust) {
  return trustWords[trust] ?? trust;
}

/**
 * Whose word something is, and from where: marked where it came from outside.
 * @param {{ trust: string | null, source: string | null }} props
 */
export function Origin({ trust, source }) {
  const tone = trust === 'untrusted' ? 'state is-yellow' : 'soft';
  const words = [...(trust === null ? [] : [trustWord(trust)]), ...(source === null ? [] : [`by ${source}`])];
  return html`<span class=${`small one-line ${tone}`}>${words.join(', ')}</span>`;
}

/**
 * The memories that a task was given, the best first.
 * @param {{ memories: readonly import('../../../../src/operations.ts').Answers['task.get']['memories'][number][] }} props
 */
export function Memories({ memories }) {
  if (memories.length === 0) return html`<p class="soft">It was given no memories.</p>`;
  return html`<ul class="memories">
    ${memories.map(
      ({ id, kind, source, trust, content, score }) =>
        html`<li key=${id}>
          <div class="memory-head">
            <span class="small state is-purple">${kind.replaceAll('_', ' ')}</span>
            <${Origin} trust=${trust} source=${source} />
            ${score === null ? null : html`<span class="soft small mono">score ${score.toFixed(2)}</span>`}
            <a class="small" href=${addressOfMemory(id)}>${id.replace(':', ' ')}</a>
          </div>
          ${content === null ? html`<${State} state="dismissed" word="forgotten since" />` : html`<p class="memory-text">${content}</p>`}
        </li>`,
    )}
  </ul>`;
}

/**
 * @param {string} id `memory:<id>` or `task:<id>`
 * @param {Record<string, string>} [query] of the list of memories
 */
export function addressOfMemory(id, query) {
  const [kind, number = ''] = id.split(':');
  return kind === 'task' ? addressOf('tasks', [number]) : addressOf('memory', [number], query);
}
