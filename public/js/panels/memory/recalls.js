import { Empty, Loading, Problem, State } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { useResource } from '../../link/use-resource.js';
import { html, useEffect, useRef } from '../../view.js';
import { kindWord, modelWord } from './kinds.js';
import { addressOfMemory, Origin } from '../tasks/memories.js';

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
  const best = Math.max(...data.items.map(({ score }) => score));
  const included = data.items.filter((item) => item.included).length;
  return html`<p class="soft small" role="status">
      ${included} of ${data.items.length} would be given to a task; found in ${Math.round(data.tookMs)} ms by
      words${data.degraded === null ? html` and with <span class="mono">${modelWord(data.embedder)}</span>` : ' alone'}.
    </p>
    <ol
      class="recalls grow scrolls"
      aria-busy=${loading ? 'true' : undefined}
      aria-label="What it would recall"
    >
      ${data.items.map((item) => html`<${Recall} key=${item.id} item=${item} best=${best} text=${text} />`)}
    </ol>`;
}

/** @typedef {import('../../../../src/operations.ts').Answers['memory.search']['items'][number]} Item */

/** @param {{ item: Item, best: number, text: string }} props `best`: the score of the first one */
function Recall({ item, best, text }) {
  const share = best > 0 ? Math.max(0, item.score / best) : 0;
  return html`<li class=${`recall${item.included ? '' : ' is-out'}`}>
    <a class="memory-text quiet" href=${addressOfMemory(item.id, { text })}>${item.content}</a>
    <div class="recall-line">
      <span
        class="recall-bar meter is-purple"
        role="meter"
        aria-label="How close it is, beside the closest"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.round(share * 100)}
        ><i style=${{ width: `${share * 100}%` }}></i
      ></span>
      <span class="small recall-why"
        ><${State} state=${item.included ? 'accepted' : 'dismissed'} word=${whyWord(item.why)}
      /></span>
      <span class="small state is-purple">${kindWord(item.kind)}</span>
      <${Origin} trust=${item.trust} source=${item.source} />
      <span class="soft small"><${Time} at=${item.createdAt} /></span>
      <details class="small recall-numbers">
        <summary class="soft">Numbers</summary>
        <${Numbers} item=${item} />
      </details>
    </div>
  </li>`;
}

/** @param {string} why the verdict of the recall */
function whyWord(why) {
  if (why === 'in') return 'would be given to a task';
  if (why === 'out: below threshold') return 'too far from the question';
  return why.replace(/^out: /, '').replace('memory:', 'memory ');
}

/** What each stage thought of it, and what that added. @param {{ item: Item }} props */
function Numbers({ item }) {
  return html`<dl class="stages small">
    ${item.stages.map(
      ({ stage, rank, score, added }) =>
        html`<div key=${stage}>
          <dt>${stage}</dt>
          <dd>${figures({ rank, score, added })}</dd>
        </div>`,
    )}
    <div>
      <dt>score</dt>
      <dd>${item.score.toFixed(3)}</dd>
    </div>
  </dl>`;
}

/** @param {{ rank: number | null, score: number | null, added?: number }} seen */
function figures({ rank, score, added }) {
  if (rank === null && score === null) return 'not asked';
  return [
    ...(rank === null ? [] : [`#${rank}`]),
    ...(score === null ? [] : [score.toFixed(3)]),
    ...(added === undefined ? [] : [`${added < 0 ? '−' : '+'}${Math.abs(added).toFixed(3)}`]),
  ].join(' · ');
}
