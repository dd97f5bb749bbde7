import { html, useEffect } from '../../view.js';
import { count, percent } from '../../format/quantity.js';

/** @typedef {import('../../../../src/operations.ts').Answers['models.get']} Answer */

/** @type {Readonly<Record<string, { glyph: string, tone: string }>>} */
const signs = {
  ready: { glyph: '●', tone: 'green' },
  loading: { glyph: '◌', tone: 'cyan' },
  degraded: { glyph: '◐', tone: 'orange' },
  failed: { glyph: '✕', tone: 'pink' },
  off: { glyph: '○', tone: 'soft' },
};
const roles = { embedder: 'Embedder', reranker: 'Reranker', ner: 'Names' };
const againMs = 3_000;

/**
 * How the models are, and how many memories can be recalled.
 * @param {{ models: import('../../link/use-resource.js').Resource<Answer> }} props
 */
export function Models({ models: { data, reload } }) {
  const isMoving =
    data !== null &&
    (data.models.some(({ state }) => state === 'loading') || data.memories.prepared < data.memories.total);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setTimeout(() => document.hidden || reload(), againMs);
    return () => clearTimeout(timer);
  }, [data, isMoving]);
  if (data === null) return html`<div class="models"></div>`;
  const { total, prepared } = data.memories;
  return html`<div class="models small">
    ${data.models.map(({ role, state, model, percent: done, reason }) => {
      const { glyph, tone } = signs[state] ?? { glyph: '·', tone: 'soft' };
      return html`<span key=${role} title=${reason ?? model ?? ''}>
        <span class="soft">${roles[role]}</span>
        <span class=${`state is-${tone}`}
          ><span class="glyph" aria-hidden="true">${glyph}</span
          >${state}${done === null ? '' : ` ${Math.round(done)} %`}</span
        >
        ${done === null ? null : html`<span class="meter is-cyan" role="progressbar" aria-label=${`Loading the ${role}`} aria-valuenow=${Math.round(done)} aria-valuemin="0" aria-valuemax="100"><i style=${{ width: `${done}%` }}></i></span>`}
      </span>`;
    })}
    ${
      total === 0
        ? null
        : html`<span
            ><span class="soft">Vectors</span
            ><span class="mono">${count(prepared)} of ${count(total)}</span>
            ${prepared < total ? html`<span class="meter is-purple" role="progressbar" aria-label="Memories with a vector" aria-valuenow=${prepared} aria-valuemin="0" aria-valuemax=${total} aria-valuetext=${percent(prepared / total)}><i style=${{ width: `${(prepared / total) * 100}%` }}></i></span>` : null}</span
          >`
    }
  </div>`;
}
