import { html, useEffect } from '../../view.js';
import { duration } from '../../format/duration.js';
import { count, percent, plural } from '../../format/quantity.js';
import { modelWord } from './kinds.js';

/** @typedef {import('../../../../src/operations.ts').Answers['models.get']} Answer */

/** @type {Readonly<Record<string, { glyph: string, tone: string, word?: string }>>} */
const signs = {
  ready: { glyph: '●', tone: 'green' },
  loading: { glyph: '◌', tone: 'cyan' },
  degraded: { glyph: '◐', tone: 'orange', word: 'not here' },
  failed: { glyph: '✕', tone: 'pink' },
  off: { glyph: '○', tone: 'soft' },
};
const roles = { builtIn: 'Built-in encoder', embedder: 'Embedder', reranker: 'Reranker', ner: 'Names' };
const againMs = 3_000;

/**
 * How the models are, what waits, which of them knows the memories, and what a change of the embedder would cost.
 * @param {{ models: import('../../link/use-resource.js').Resource<Answer> }} props
 */
export function Models({ models: { data, reload } }) {
  const isMoving =
    data !== null &&
    (data.models.some(({ state }) => state === 'loading') ||
      data.memories.prepared < data.memories.total ||
      data.memories.encoders.some(({ missing }) => missing > 0));
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setTimeout(() => document.hidden || reload(), againMs);
    return () => clearTimeout(timer);
  }, [data, isMoving]);
  if (data === null) return html`<div class="models-fold"></div>`;
  return html`<details class="models-fold small">
    <summary>
      <span class="one-line models-short"
        >${inShort(data.memories)}${isMoving ? html` <span class="state is-cyan"><span class="glyph" aria-hidden="true">◌</span>more is coming</span>` : null}</span
      >
    </summary>
    <div class="models">
      ${data.models.map((model) => html`<${Model} key=${model.role} model=${model} />`)}
    </div>
    ${data.memories.total === 0 ? null : html`<${Vectors} memories=${data.memories} presumed=${data.presumedASecond} />`}
  </details>`;
}

/** By what it finds, and why by no more. @param {Answer['memories']} memories */
function inShort({ degraded, model }) {
  if (degraded === null && model !== null)
    return html`<span class="state is-green"
        ><span class="glyph" aria-hidden="true">●</span>Finds by meaning</span
      >
      <span class="soft">and by words, with ${modelWord(model)}</span>`;
  return html`<span class="state is-orange"
      ><span class="glyph" aria-hidden="true">◐</span>Finds by words alone</span
    >
    ${degraded === null ? null : html`<span class="soft">– ${degraded}</span>`}`;
}

/** @param {{ model: Answer['models'][number] }} props */
function Model({ model: { role, state, model, percent: done, reason } }) {
  const { glyph, tone, word = state } = signs[state] ?? { glyph: '·', tone: 'soft' };
  return html`<span title=${reason ?? model ?? ''}>
    <span class="soft">${roles[role]}</span>
    <span class=${`state is-${tone}`}
      ><span class="glyph" aria-hidden="true">${glyph}</span
      >${word}${done === null ? '' : ` ${Math.round(done)} %`}</span
    >
    ${done === null ? null : html`<${Meter} tone="cyan" label=${`Loading the ${role}`} of=${100} done=${done} />`}
  </span>`;
}

/** @param {{ memories: Answer['memories'], presumed: number }} props */
function Vectors({ memories, presumed }) {
  const { total, prepared, preparesASecond, model, degraded, encoders } = memories;
  const waiting = total - prepared;
  const own = encoders.find(({ model: name }) => !name.startsWith('built-in/'));
  const serving = encoders.find((encoder) => encoder.model === model);
  const others = encoders.filter((encoder) => encoder.missing > 0 && encoder !== serving);
  return html`<div class="models-memories small">
    <p>
      ${
        degraded === null && model !== null
          ? html`<span class="soft">Questions are asked with</span>
              <span class="mono">${modelWord(model)}</span
              >${serving === undefined ? null : html`<span class="soft">, which</span> <${Known} encoder=${serving} presumed=${presumed} />`}`
          : html`<span class="soft">Questions are asked by words alone</span>`
      }
    </p>
    ${waiting === 0 ? null : html`<p><span class="soft">${plural(waiting, 'memory waits', 'memories wait')} to be prepared</span> <${Meter} tone="purple" label="Memories that can be recalled" of=${total} done=${prepared} />${preparesASecond === null ? null : html` <span class="soft">about ${time(waiting, preparesASecond)} to go</span>`}</p>`}
    ${others.map((encoder) => html`<p key=${encoder.model}><span class="mono">${modelWord(encoder.model)}</span> <${Known} encoder=${encoder} presumed=${presumed} /></p>`)}
    <p class="soft">
      Another embedder would embed ${total === 1 ? 'the one memory' : `all ${count(total)}`} anew, in about
      ${time(total, own?.aSecond ?? presumed)}; until it is done, questions are asked as now.
    </p>
  </div>`;
}

/** @param {{ encoder: Answer['memories']['encoders'][number], presumed: number }} props */
function Known({ encoder: { model, embedded, missing, aSecond }, presumed }) {
  const all = embedded + missing;
  return html`<span class="soft">knows ${count(embedded)} of ${plural(all, 'memory', 'memories')}</span>
    ${missing === 0 ? null : html`<${Meter} tone="purple" label=${`Memories that ${modelWord(model)} knows`} of=${all} done=${embedded} /> <span class="soft">about ${time(missing, aSecond ?? presumed)} to go</span>`}`;
}

/** An estimate in whole seconds. @param {number} texts @param {number} aSecond */
function time(texts, aSecond) {
  return duration(Math.ceil(texts / aSecond) * 1_000);
}

/** @param {{ tone: string, label: string, of: number, done: number }} props */
function Meter({ tone, label, of, done }) {
  return html`<span
    class=${`meter is-${tone}`}
    role="progressbar"
    aria-label=${label}
    aria-valuenow=${Math.round(done)}
    aria-valuemin="0"
    aria-valuemax=${of}
    aria-valuetext=${percent(done / of)}
    ><i style=${{ width: `${(done / of) * 100}%` }}></i
  ></span>`;
}
