import { Empty, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { useResource } from '../../link/use-resource.js';
import { html, useEffect, useRef } from '../../view.js';
import { kindWord } from './kinds.js';
import { addressOfMemory, trustTones } from '../tasks/memories.js';

/**
 * What it would recall for a text, best first, and why each one is in or out.
 * @param {{ text: string, asOf: unknown }} props another `asOf`: more may be found by now, since what was added or
 *   changed is recalled once it is prepared
 */
export function Recalls({ text, asOf }) {
  const { data, error, loading, reload } = useResource('memory.search', { text, limit: 50 });
  const searchedAsOf = useRef(asOf);
  useEffect(() => {
    if (searchedAsOf.current === asOf) return;
    searchedAsOf.current = asOf;
    reload();
  }, [asOf]);
  if (data === null)
    return error === null
      ? html`<${Loading} what="Searching" />`
      : html`<${Problem} problem=${error} retry=${reload} />`;
  if (data.items.length === 0)
    return html`<${Empty} title="Nothing comes to mind"
      >No memory shares words or meaning with “${text}”. Tell it what it should know with “Remember
      something”.<//
    >`;
  const included = data.items.filter((item) => item.included).length;
  return html`<p class="soft small" role="status">
      ${included} of ${data.items.length} would be given to a task; found in ${Math.round(data.tookMs)} ms.
      ${data.degraded === null ? null : html` <span class="state is-orange"><span class="glyph" aria-hidden="true">◐</span>${data.degraded}</span>`}
    </p>
    <ol
      class="recalls grow scrolls"
      aria-busy=${loading ? 'true' : undefined}
      aria-label="What it would recall"
    >
      ${data.items.map((item) => html`<${Recall} key=${item.id} item=${item} text=${text} />`)}
    </ol>`;
}

/** @param {{ item: import('../../../../src/operations.ts').Answers['memory.search']['items'][number], text: string }} props */
function Recall({ item, text }) {
  return html`<li class=${`recall${item.included ? '' : ' is-out'}`}>
    <span class="recall-score" title="The final score, comparable within this search only"
      >${item.score.toFixed(2)}</span
    >
    <div>
      <p class="memory-text">${item.content}</p>
      <div class="memory-head">
        <${Tag} tone="purple">${kindWord(item.kind)}<//
        ><${Tag} tone=${trustTones[item.trust]}>${item.trust}<//>
        <span class="soft small">from ${item.source}, <${Time} at=${item.createdAt} /></span>
        <a class="small" href=${addressOfMemory(item.id, { text })}>${item.id.replace(':', ' ')}</a>
      </div>
      <${State}
        state=${item.included ? 'accepted' : 'dismissed'}
        word=${item.why === 'in' ? 'would be given to a task' : item.why}
      />
      <dl class="stages small">
        ${item.stages.map(
          ({ stage, rank, score }) =>
            html`<div key=${stage}>
              <dt>${stage}</dt>
              <dd>
                ${rank === null && score === null ? 'not seen' : [rank === null ? null : `#${rank}`, score === null ? null : score.toFixed(3)].filter((part) => part !== null).join(' · ')}
              </dd>
            </div>`,
        )}
      </dl>
    </div>
  </li>`;
}
