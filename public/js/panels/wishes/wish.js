import { Loading, Problem, State, Tag } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { Decisions } from './decisions.js';
import { Review } from './review.js';
import { Trail } from './trail.js';

/** @typedef {import('../../../../src/operations.ts').Answers['wish.get']} WishPageData */
/** @typedef {'approve' | 'reject' | 'reopen' | 'redraft'} Decision */

const words = { approve: 'approved', reject: 'rejected', reopen: 'open again', redraft: 'sent back' };

/** The state that is shown until the daemon has answered. @param {string} state @param {Decision} decision */
function expectedState(state, decision) {
  if (decision === 'reopen') return state === 'declined' ? 'drafted' : 'proposed';
  if (decision === 'reject') return state === 'drafted' ? 'declined' : 'rejected';
  return 'approved';
}

/**
 * A wish with its drafts: what it promises, what its tests said, and the patch, file by file.
 * @param {{ id: number }} props
 */
export function WishPage({ id }) {
  const [version, setVersion] = useState(/** @type {number | null} */ (null));
  const asked = version === null ? { id } : { id, version };
  const { data, error, reload, update } = useResource('wish.get', asked, 'wishes.list');
  const decide = async (/** @type {Decision} */ decision, reason = '') => {
    update((wish) => ({
      ...wish,
      state: /** @type {WishPageData['state']} */ (expectedState(wish.state, decision)),
    }));
    const undo =
      decision === 'approve' || decision === 'reject'
        ? { action: { label: 'Undo', run: () => void decide('reopen') } }
        : {};
    await act(
      'wish.decide',
      { id, decision, ...(reason !== '' && { reason }) },
      { says: `The wish is ${words[decision]}.`, undo: reload, ...undo },
    );
    reload();
  };
  const draft = async () => {
    await act('wish.draft', { id }, { says: ({ version: begun }) => `Version ${begun} is being drafted.` });
    reload();
  };
  return html`<section class="panel split-detail" aria-label=${`Wish ${id}`}>
    <div class="panel-head">
      <a class="button button-quiet" href=${addressOf('decide', ['wishes'])} aria-label="Close the wish">✕</a>
      <h1>Wish ${id}</h1>
      ${
        data === null
          ? null
          : html`<${State} state=${data.state} />
              <div class="end"><${Decisions} wish=${data} onDecide=${decide} onDraft=${draft} /></div>`
      }
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<${Wish} wish=${data} /><${Review}
              wish=${data}
              onVersion=${setVersion}
              onChanged=${reload}
            /><${Trail} trail=${data.trail} />`
    }
  </section>`;
}

/** @param {{ wish: WishPageData }} props */
function Wish({ wish }) {
  return html`<p class="task-title">${wish.title}</p>
    <div class="memory-head">
      <${Tag}>${wish.origin}<//
      ><span class="soft small">proposed <${Time} at=${wish.createdAt} /></span
      >${wish.decidedAt === null ? null : html`<span class="soft small">decided <${Time} at=${wish.decidedAt} /></span>`}
    </div>
    ${wish.reason === null ? null : html`<p class="wish-text"><span class="soft">Reason:</span> ${wish.reason}</p>`}
    ${wish.fix === null ? null : html`<p class="wish-text"><span class="soft">What you can do:</span> ${wish.fix}</p>`}
    <p class="wish-text">${wish.description}</p>
    ${wish.why === wish.description ? null : html`<p class="wish-text">${wish.why}</p>`}
    <${Promised} wish=${wish} />
    <${Evidence} evidence=${wish.evidence} />`;
}

const figure = (/** @type {number | null | undefined} */ value) =>
  value === null || value === undefined ? 'not known' : String(Number(value.toPrecision(4)));

/** What it promises, and what became of that. @param {{ wish: WishPageData }} props */
function Promised({ wish }) {
  if (wish.expected === null) return null;
  const { metric, today, goal } = wish.expected;
  const facts = [
    ['When it was made', figure(today)],
    ['Goal', figure(goal)],
    ...(wish.promise === null
      ? []
      : [
          ['Before it was applied', figure(wish.promise.before)],
          ['Since then', figure(wish.promise.after)],
        ]),
    ['Measured by', wish.measuredBy],
    ['Effort', wish.effort],
    ['Risk', wish.risk],
  ].filter(([, value]) => value !== null);
  return html`<section class="section">
    <div class="section-head">
      <h2>What it promises</h2>
      <span class="end soft small mono">${metric}</span>
    </div>
    <dl class="facts task-facts wish-facts">
      ${facts.map(
        ([name, value]) =>
          html`<div key=${name}>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** @type {Readonly<Record<string, (ref: string) => string>>} */
const places = {
  task: (ref) => addressOf('tasks', [ref]),
  memory: (ref) => addressOf('memory', [ref]),
  wish: (ref) => addressOf('decide', ['wishes', ref]),
  finding: (ref) => addressOf('decide', ['findings', ref]),
  goal: (ref) => addressOf('goals', [ref]),
  event: (ref) => addressOf('activity', ['events', ref]),
  rule: () => addressOf('rules'),
  sensor: () => addressOf('sensors'),
  category: (ref) => addressOf('tasks', [], { category: ref }),
};

/** What backs it, each a link where it can be opened. @param {{ evidence: WishPageData['evidence'] }} props */
function Evidence({ evidence }) {
  if (evidence.length === 0) return null;
  return html`<section class="section">
    <div class="section-head"><h2>Evidence</h2></div>
    <ul class="wish-evidence">
      ${evidence.map(({ kind, ref, note }) => {
        const place = Object.hasOwn(places, kind) ? places[kind]?.(ref) : undefined;
        const name = html`<span class="mono">${kind} ${ref}</span>`;
        return html`<li key=${`${kind} ${ref}`}>
          ${place === undefined ? name : html`<a href=${place}>${name}</a>`}
          <span class="soft">${note}</span>
        </li>`;
      })}
    </ul>
  </section>`;
}
