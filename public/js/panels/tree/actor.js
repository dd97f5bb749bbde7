import { Empty, Loading, Problem } from '../../components/basics.js';
import { Code } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useEffect, useRef } from '../../view.js';
import { actorSign } from './outline.js';
import { Change } from './sequence.js';
import { Statechart } from './statechart.js';
import { eventWords } from './words.js';

const settleMs = 500;

/**
 * One actor from inside: its machine with the current state lit, its last events, its context.
 * @param {{ path: string, live: import('./outline.js').ActorView | undefined, lastSeq: number }} props `live`: as the tree
 *   has it now; `lastSeq` rises with each of its events
 */
export function ActorDetail({ path, live, lastSeq }) {
  const { data, error, reload } = useResource('tree.actor', { path });
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => {
    // Not more often than this, however busy the actor is.
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      reload();
    }, settleMs);
  }, [live?.since, lastSeq]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const actor = live ?? data?.actor;
  const sign = actor === undefined ? null : actorSign(actor);
  return html`<section class="panel split-detail" aria-label=${`Actor ${path}`}>
    <div class="panel-head">
      <a class="button button-quiet" href=${addressOf('tree')} aria-label="Close the actor">✕</a>
      <h1 class="one-line">${path.slice(path.lastIndexOf('/') + 1)}</h1>
      ${sign === null ? null : html`<span class=${`state is-${sign.tone}`}><span class="glyph" aria-hidden="true">${sign.glyph}</span>${sign.word}</span>`}
    </div>
    <p class="mono soft">${path}</p>
    ${
      data === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Empty} title="It is gone"
              >${error.message} Actors of tasks live as long as their task.<//
            >`
        : html`<${Inside} page=${data} states=${actor?.states ?? []} />`
    }
    ${data !== null && error !== null ? html`<${Problem} problem=${error} retry=${reload} />` : null}
  </section>`;
}

/** @param {{ page: import('../../../../src/inspection/tree-view.ts').ActorPage, states: readonly string[] }} props */
function Inside({ page: { actor, machine, transitions, context }, states }) {
  return html`<dl class="facts">
      <dt>Since</dt>
      <dd><${Time} at=${actor.since === 0 ? null : actor.since} none="its start" /></dd>
      ${
        actor.supervised === null
          ? null
          : html`<dt>Restarts</dt>
              <dd>
                ${actor.supervised.restarts} of ${actor.supervised.budget} allowed at once,
                ${actor.supervised.restart}
              </dd>`
      }
      ${
        actor.supervised?.lastError
          ? html`<dt>Last error</dt>
              <dd class="state is-pink task-reason">${actor.supervised.lastError}</dd>`
          : null
      }
    </dl>
    ${machine === null ? html`<p class="soft">No machine: a ${actor.kind} without states of its own.</p>` : html`<${Statechart} machine=${machine} current=${states} />`}
    <section class="section" aria-labelledby="actor-events">
      <div class="section-head"><h2 id="actor-events">Last events</h2></div>
      ${
        transitions.length === 0
          ? html`<p class="soft">None since you look; they come up here as they pass.</p>`
          : html`<ol class="row-list">
              ${transitions.slice(0, 30).map(
                (row) =>
                  html`<li key=${row.seq}>
                    <span class="soft small outline-since"><${Time} at=${row.at} /></span
                    ><span class="mono seq-event one-line" title=${row.event}>${eventWords(row.event)}</span
                    ><${Change} row=${row} />
                  </li>`,
              )}
            </ol>`
      }
    </section>
    <details>
      <summary>Context, with secrets taken out</summary>
      <${Code} text=${JSON.stringify(context, null, 2) ?? 'none'} label="Context" />
    </details>`;
}
