import { Loading, Problem, Tag } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { plural } from '../../format/quantity.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';
import { kindTone } from './kinds.js';
import { predicateWords } from './predicate.js';

/** @typedef {import('../../../../src/operations.ts').Answers['entity.get']['evidence'][number]} EvidenceView */

/**
 * An entity: its names, its relations, and where each was read.
 * @param {{ id: number }} props
 */
export function Entity({ id }) {
  const { data, error, reload } = useResource('entity.get', { ref: id }, 'graph.get');
  return html`<aside class="graph-side stack" aria-label="Entity">
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${4} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<div class="panel-head">
              <h2>${data.name}</h2>
              <${Tag} tone=${kindTone(data.kind)}>${data.kind}<//>
              <div class="end">
                <a class="button button-quiet" href=${addressOf('graph')} aria-label="Close the entity">✕</a>
              </div>
            </div>
            ${data.aliases.length === 0 ? null : html`<p class="soft small">also ${data.aliases.join(', ')}</p>`}
            <p class="soft small">
              ${plural(data.mentions, 'mention')}, first <${Time} at=${data.firstSeenAt} />, last
              <${Time} at=${data.lastSeenAt} />
            </p>
            <section class="section">
              <div class="section-head"><h3>Relations</h3></div>
              ${
                data.relations.length === 0
                  ? html`<p class="soft">None yet.</p>`
                  : html`<ul>
                      ${data.relations.map(
                        (relation) =>
                          html`<li key=${relation.id} class="read-where">
                            <p>
                              <span class="soft"
                                >${relation.direction === 'out' ? '→' : '←'}
                                ${predicateWords(relation.predicate)}</span
                              >
                              <a href=${addressOf('graph', [relation.other.id])}>${relation.other.name}</a>
                            </p>
                            ${relation.evidence.slice(0, 2).map((evidence, index) => html`<${Evidence} key=${index} evidence=${evidence} />`)}
                          </li>`,
                      )}
                    </ul>`
              }
            </section>
            <section class="section">
              <div class="section-head"><h3>Where it was read</h3></div>
              ${
                data.evidence.length === 0
                  ? html`<p class="soft">The evidence is gone by now.</p>`
                  : html`<ul>
                      ${data.evidence.map((evidence, index) => html`<li key=${index} class="read-where"><${Evidence} evidence=${evidence} /></li>`)}
                    </ul>`
              }
            </section>`
    }
  </aside>`;
}

/** @param {{ evidence: EvidenceView }} props */
function Evidence({ evidence: { snippet, at, trust, memoryId, taskId } }) {
  return html`<p class="small">
    <q>${snippet}</q>
    <span class="soft">
      <${Time}
        at=${at}
        none=""
      />${trust === 'untrusted' ? html` <${Tag} tone="yellow">from outside<//>` : null}
      ${memoryId === null ? null : html` <a href=${addressOf('memory', [memoryId])}>memory ${memoryId}</a>`}${taskId === null ? null : html` <a href=${addressOf('tasks', [taskId])}>task ${taskId}</a>`}</span
    >
  </p>`;
}
