import { Button, Empty, Field, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Time } from '../../components/time.js';
import { VirtualList } from '../../components/virtual-list.js';
import { act } from '../../link/act.js';
import { usePages } from '../../link/use-pages.js';
import { go } from '../../shell/location.js';
import { html, useEffect, useState } from '../../view.js';

const states = ['proposed', 'approved', 'drafting', 'drafted', 'applied', 'rejected', 'failed'];

/** What it would like to be able to do, or do better. @param {{ version: number, chosen: number | null }} props */
export function Wishes({ version, chosen }) {
  const [state, setState] = useState('');
  const [adding, setAdding] = useState(false);
  const { items, error, loadMore, reload } = usePages('wishes.list', state === '' ? {} : { state });
  useEffect(() => {
    if (version > 0) reload();
  }, [version]);
  return html`<div class="actions">
      <select
        aria-label="State"
        value=${state}
        onChange=${(/** @type {any} */ event) => setState(event.target.value)}
      >
        <option value="">Any state</option>
        ${states.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
      <${Button} onClick=${() => setAdding(true)}>Add a wish<//>
    </div>
    ${
      items === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? state === ''
            ? html`<${Empty} title="No wish yet"
                >Every few days it looks back at how it did and proposes what would help; agents and findings
                make wishes too, and so can you. What you approve is drafted at night as a patch that only you
                can apply.<//
              >`
            : html`<${Empty} title="No wish is in this state">Choose another state to see the others.<//>`
          : html`<${VirtualList}
              label="Wishes, newest first"
              items=${items}
              rowHeight=${60}
              keyOf=${(/** @type {any} */ wish) => wish.id}
              selectedKey=${chosen}
              onOpen=${(/** @type {any} */ wish) => go('decide', ['wishes', wish.id])}
              onNearEnd=${loadMore}
              row=${(/** @type {any} */ wish) => html`<${Row} wish=${wish} />`}
            />`
    }
    ${adding ? html`<${AddWish} onClose=${() => setAdding(false)} onAdded=${reload} />` : null}`;
}

/** @param {{ wish: import('../../../../src/lib/dashboard/protocol/decisions.ts').Wish }} props */
function Row({ wish }) {
  return html`<div class="list-row">
    <span class="one-line">${wish.title}</span>
    <span class="soft small"><${Time} at=${wish.createdAt} /></span>
    <span class="foot"
      ><${State} state=${wish.state} /><${Tag}>${wish.origin}<//
      >${wish.hasPatch ? html`<${Tag} tone="cyan">patch<//>` : null}<span class="soft small one-line"
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
