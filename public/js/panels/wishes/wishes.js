import { Button, Empty, Field, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Time } from '../../components/time.js';
import { VirtualList } from '../../components/virtual-list.js';
import { act } from '../../link/act.js';
import { signOf } from '../../format/state.js';
import { usePages } from '../../link/use-pages.js';
import { useResource } from '../../link/use-resource.js';
import { go } from '../../shell/location.js';
import { byTurn } from '../decide/order.js';
import { html, useState } from '../../view.js';
import { WishPage } from './wish.js';

/** @typedef {import('../../../../src/operations.ts').Answers['wishes.list']['items'][number]} WishSummary */

const states = /** @type {const} */ ([
  'proposed',
  'approved',
  'drafting',
  'drafted',
  'blocked',
  'failed',
  'stale',
  'applied',
  'kept',
  'unkept',
  'rejected',
  'declined',
]);

/** Wishes among the decisions. */
export const wishes = {
  id: 'wishes',
  label: 'Wishes',
  count: (/** @type {import('../panels.js').Waiting} */ waiting) => waiting.wishes,
  list: Wishes,
  page: WishPage,
};

/** What it would like to be able to do, or do better. @param {{ chosen: number | null }} props */
function Wishes({ chosen }) {
  const [state, setState] = useState('');
  const [adding, setAdding] = useState(false);
  const { items, error, loadMore, reload } = usePages('wishes.list', state === '' ? {} : { state });
  return html`<div class="actions">
      <select
        aria-label="State"
        value=${state}
        onChange=${(/** @type {any} */ event) => setState(event.target.value)}
      >
        <option value="">Any state</option>
        ${states.map((name) => html`<option key=${name} value=${name}>${signOf(name).word}</option>`)}
      </select>
      <${Button} onClick=${() => setAdding(true)}>Add a wish<//>
      <${Acceptance} />
    </div>
    ${
      items === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? state === ''
            ? html`<${Empty} title="No wish yet"
                >Every few nights it looks back at its own work and may propose changes of its program;
                agents, findings and you make wishes, too. What you approve is drafted at night as a patch for
                your review.<//
              >`
            : html`<${Empty} title="No wish is in this state">Choose another state to see the others.<//>`
          : html`<${VirtualList}
              label="Wishes, what waits for you first"
              items=${byTurn(items)}
              rowHeight=${60}
              keyOf=${(/** @type {any} */ row) => row.key}
              isHeading=${isHeading}
              selectedKey=${chosen}
              onOpen=${(/** @type {any} */ { wish }) => go('decide', ['wishes', wish.id])}
              onNearEnd=${loadMore}
              row=${(/** @type {any} */ row) => (row.wish === undefined ? html`<h3>${row.title}</h3>` : html`<${Row} wish=${row.wish} />`)}
            />`
    }
    ${adding ? html`<${AddWish} onClose=${() => setAdding(false)} onAdded=${reload} />` : null}`;
}

/** @param {{ wish?: unknown }} row */
function isHeading({ wish }) {
  return wish === undefined;
}

/** How its own proposals fared. */
function Acceptance() {
  const { data } = useResource('wishes.acceptance', {}, 'wishes.list');
  const own = data?.find(({ origin }) => origin === 'retrospective');
  if (own === undefined || own.rate === null) return null;
  return html`<span class="soft small end" title=${`${own.accepted} accepted, ${own.rejected} rejected`}
    >${Math.round(own.rate * 100)} % of its own proposals were accepted</span
  >`;
}

/** @param {{ wish: WishSummary }} props */
function Row({ wish }) {
  return html`<div class="list-row">
    <span class="one-line">${wish.title}</span>
    <span class="soft small"><${Time} at=${wish.createdAt} /></span>
    <span class="foot"
      ><${State} state=${wish.state} /><${Tag}>${wish.origin}<//
      >${wish.draft !== null ? html`<${Tag} tone="cyan">${wish.draft.version === 1 ? 'patch' : `patch, version ${wish.draft.version}`}<//>` : null}<span
        class="soft small one-line"
        >${wish.reason ?? ''}</span
      ></span
    >
  </div>`;
}

/** @param {{ onClose: () => void, onAdded: () => void }} props */
function AddWish({ onClose, onAdded }) {
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const add = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await act(
      'wish.add',
      { title: title.trim(), description: description.trim() },
      { says: 'The wish is noted; approve it when it shall be drafted.' },
    );
    if (answer === undefined) return;
    onAdded();
    onClose();
  };
  return html`<${Dialog} title="Add a wish" onClose=${onClose}>
    <form class="stack" onSubmit=${add}>
      <${Field} id="wish-title" label="In a few words"
        ><input
          id="wish-title"
          type="text"
          maxlength="200"
          value=${title}
          onInput=${(/** @type {any} */ event) => setTitle(event.target.value)}
      /><//>
      <${Field} id="wish-text" label="What should be different, and why">
        <textarea
          id="wish-text"
          rows="6"
          maxlength="20000"
          value=${description}
          onInput=${(/** @type {any} */ event) => setDescription(event.target.value)}
        ></textarea>
      <//>
      <div class="actions is-end">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" disabled=${title.trim() === '' || description.trim() === ''}
          >Add it<//
        >
      </div>
    </form>
  <//>`;
}
