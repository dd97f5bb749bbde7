import { Button, Field, Loading, Problem } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Time } from '../../components/time.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { go } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { useDraft } from '../../state/use-draft.js';
import { html, useState } from '../../view.js';
import { trustWord } from '../tasks/memories.js';
import { kindWord, memoryKinds, ownKinds } from './kinds.js';

/** @typedef {import('../../../../src/memory/kinds.ts').MemoryKind} MemoryKind */

/**
 * One memory: to read, correct, pin or forget.
 * @param {{ id: number, query: Record<string, string>, onChanged: () => void }} props `query`: of the list beside it
 */
export function MemoryPage({ id, query, onChanged }) {
  const { data, error, reload, update } = useResource('memory.get', { id }, 'memories.list');
  const pin = async (/** @type {boolean} */ pinned) => {
    update((memory) => ({ ...memory, pinned }));
    await act(
      'memory.pin',
      { id, pinned },
      { says: pinned ? 'Pinned: it never fades and is not pruned.' : 'Not pinned any more.', undo: reload },
    );
    onChanged();
  };
  const forget = async () => {
    /** @type {import('../../link/connection.js').Answers['memories.forget'] | undefined} */
    let gone;
    const back = async () => {
      if (gone !== undefined)
        await act('memories.import', { lines: gone, ceiling: 'owner' }, { says: 'It is remembered again.' });
      onChanged();
    };
    gone = await act(
      'memories.forget',
      { ids: [id] },
      { says: 'Forgotten.', action: { label: 'Undo', run: () => void back() } },
    );
    if (gone === undefined) return;
    onChanged();
    go('memory', [], query);
  };
  return html`<section class="panel split-detail" aria-label=${`Memory ${id}`}>
    <div class="panel-head">
      <a class="button button-quiet" href=${addressOf('memory', [], query)} aria-label="Close the memory"
        >✕</a
      >
      <h1>Memory ${id}</h1>
      ${
        data === null
          ? null
          : html`<div class="end">
              <${Button} pressed=${data.pinned} onClick=${() => void pin(!data.pinned)}
                >${data.pinned ? 'Pinned' : 'Pin'}<//
              >
              <${Button} kind="danger" onClick=${() => void forget()}>Forget<//>
            </div>`
      }
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<${Editor}
            memory=${data}
            onSaved=${() => {
              reload();
              onChanged();
            }}
          />`
    }
  </section>`;
}

/** @param {{ memory: import('../../../../src/operations.ts').Answers['memory.get'], onSaved: () => void }} props */
function Editor({ memory, onSaved }) {
  const [content, setContent] = useDraft(memory.content);
  const [kind, setKind] = useDraft(memory.kind);
  const [importance, setImportance] = useDraft(memory.importance);
  const isChanged = content !== memory.content || kind !== memory.kind || importance !== memory.importance;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await act(
      'memory.edit',
      { id: memory.id, content: content.trim(), kind: /** @type {MemoryKind} */ (kind), importance },
      { says: 'Saved.' },
    );
    if (answer !== undefined) onSaved();
  };
  return html`<form class="stack" onSubmit=${save}>
      <${Field} id="memory-content" label="What it remembers">
        <textarea
          id="memory-content"
          rows="8"
          maxlength="100000"
          value=${content}
          onInput=${(/** @type {any} */ event) => setContent(event.target.value)}
        ></textarea>
      <//>
      <${KindField} id="memory-kind" kinds=${memoryKinds} kind=${kind} onKind=${setKind} />
      <${Field} id="memory-importance" label=${`Importance: ${Math.round(importance * 100)} %`}>
        <input
          id="memory-importance"
          type="range"
          min="0"
          max="1"
          step="0.05"
          value=${importance}
          onInput=${(/** @type {any} */ event) => setImportance(Number(event.target.value))}
        />
      <//>
      <div class="actions">
        <${Button} type="submit" kind="primary" disabled=${!isChanged || content.trim() === ''}>Save<//>
      </div>
    </form>
    <dl class="facts">
      <dt>Whose word</dt>
      <dd class=${memory.trust === 'untrusted' ? 'state is-yellow' : undefined}>
        ${trustWord(memory.trust)}
      </dd>
      <dt>From</dt>
      <dd>
        ${memory.source}${memory.taskId === null ? null : html`, <a href=${addressOf('tasks', [memory.taskId])}>task ${memory.taskId}</a>`}
      </dd>
      <dt>Learnt</dt>
      <dd>
        <${Time}
          at=${memory.createdAt}
        />${memory.seenCount > 1 ? `, seen ${plural(memory.seenCount, 'time')}` : ''}
      </dd>
      <dt>Recalled</dt>
      <dd>
        ${memory.recallCount === 0 ? 'never' : html`${plural(memory.recallCount, 'time')}, last <${Time} at=${memory.lastRecalledAt} none="unknown" />`}
      </dd>
      ${
        memory.tags.length === 0
          ? null
          : html`<dt>Tags</dt>
              <dd>${memory.tags.join(', ')}</dd>`
      }
    </dl>`;
}

/** @param {{ onClose: () => void, onAdded: () => void }} props */
export function AddMemory({ onClose, onAdded }) {
  const [content, setContent] = useState('');
  const [kind, setKind] = useState(ownKinds[0]);
  const add = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await act(
      'memory.add',
      { content: content.trim(), kind },
      { says: 'It will remember that.' },
    );
    if (answer === undefined) return;
    onAdded();
    onClose();
  };
  return html`<${Dialog} title="Remember something" onClose=${onClose}>
    <form class="stack" onSubmit=${add}>
      <${Field} id="new-memory" label="What it should remember">
        <textarea
          id="new-memory"
          rows="5"
          maxlength="100000"
          value=${content}
          onInput=${(/** @type {any} */ event) => setContent(event.target.value)}
        ></textarea>
      <//>
      <${KindField} id="new-kind" kinds=${ownKinds} kind=${kind} onKind=${setKind} />
      <div class="actions is-end">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" disabled=${content.trim() === ''}>Remember it<//>
      </div>
    </form>
  <//>`;
}

/** @param {{ id: string, kinds: readonly MemoryKind[], kind: string, onKind: (kind: any) => void }} props */
function KindField({ id, kinds, kind, onKind }) {
  return html`<${Field} id=${id} label="Kind">
    <select id=${id} value=${kind} onChange=${(/** @type {any} */ event) => onKind(event.target.value)}>
      ${kinds.map((name) => html`<option key=${name} value=${name}>${kindWord(name)}</option>`)}
    </select>
  <//>`;
}
