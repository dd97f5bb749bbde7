import { Button, Empty, Loading, Problem } from '../../components/basics.js';
import { SearchField } from '../../components/search-field.js';
import { Time } from '../../components/time.js';
import { VirtualList } from '../../components/virtual-list.js';
import { plural } from '../../format/quantity.js';
import { connection } from '../../link/connection.js';
import { usePages } from '../../link/use-pages.js';
import { useResource } from '../../link/use-resource.js';
import { go, place, replaceAddress } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useState } from '../../view.js';
import { Origin, trustWord } from '../tasks/memories.js';
import { AddMemory, MemoryPage } from './edit.js';
import { kindWord, memoryKinds } from './kinds.js';
import { Models } from './models.js';
import { Recalls } from './recalls.js';

/** What it remembers: a list, and a search that explains each of its finds. */
export function MemoryPanel() {
  const { rest, query } = useStore(place, (state) => state);
  const id = Number(rest[0] ?? Number.NaN);
  const chosen = Number.isSafeInteger(id) && id > 0 ? id : null;
  const { text = '', kind = '', trust = '', pinned = '' } = query;
  const [adding, setAdding] = useState(false);
  const [version, setVersion] = useState(0);
  const change = (/** @type {Record<string, string>} */ patch) =>
    replaceAddress('memory', rest, { text, kind, trust, pinned, ...patch });
  const models = useResource('models.get', {});
  const changed = () => {
    setVersion((before) => before + 1);
    models.reload();
  };
  return html`<div class=${`split${chosen === null ? '' : ' has-chosen'}`}>
    <section class="panel is-tall split-list" aria-label="Memories">
      <div class="panel-head">
        <h1>Memory</h1>
        <div class="end memory-head-acts">
          <${SearchField}
            label="Search memories"
            value=${text}
            onSearch=${(/** @type {string} */ next) => change({ text: next })}
            placeholder="What would it recall for…"
          />
          <${Button} kind="primary" onClick=${() => setAdding(true)}>Remember something<//>
        </div>
      </div>
      <${Models} models=${models} />
      ${
        text === ''
          ? html`<div class="actions memory-filter">
                <select
                  aria-label="Kind"
                  value=${kind}
                  onChange=${(/** @type {any} */ event) => change({ kind: event.target.value })}
                >
                  <option value="">Any kind</option>
                  ${memoryKinds.map((name) => html`<option key=${name} value=${name}>${kindWord(name)}</option>`)}
                </select>
                <select
                  aria-label="Whose word"
                  value=${trust}
                  onChange=${(/** @type {any} */ event) => change({ trust: event.target.value })}
                >
                  <option value="">By anybody</option>
                  ${['owner', 'local', 'untrusted'].map((name) => html`<option key=${name} value=${name}>${trustWord(name)}</option>`)}
                </select>
                <${Button}
                  pressed=${pinned === 'true'}
                  onClick=${() => change({ pinned: pinned === 'true' ? '' : 'true' })}
                  >Pinned only<//
                >
              </div>
              <${List} version=${version} filter=${{ kind, trust, pinned }} chosen=${chosen} />`
          : html`<${Recalls} text=${text} asOf=${models.data} />`
      }
    </section>
    ${chosen === null ? null : html`<${MemoryPage} key=${chosen} id=${chosen} query=${{ text, kind, trust, pinned }} onChanged=${changed} />`}
    ${adding ? html`<${AddMemory} onClose=${() => setAdding(false)} onAdded=${changed} />` : null}
  </div>`;
}

/**
 * @param {{ version: number, filter: Record<string, string>, chosen: number | null }} props `version`: grows
 *   with each change
 */
function List({ version, filter, chosen }) {
  const connected = useStore(connection, (state) => state.connected);
  const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
  const { items, error, loadMore, reload } = usePages('memories.list', asked);
  useEffect(() => {
    if (version > 0) reload();
  }, [version]);
  if (items === null)
    return error === null || !connected
      ? html`<${Loading} rows=${8} what="Asking for the memories" />`
      : html`<${Problem} problem=${error} retry=${reload} />`;
  if (items.length === 0)
    return Object.keys(asked).length > 0
      ? html`<${Empty} title="No memory fits">Take a filter away to see the others.<//>`
      : html`<${Empty} title="It remembers nothing yet"
          >Notes, what tasks found out and what you tell it become memories: “the nas holds the photos”. What
          fits is given to the agent with each task.<//
        >`;
  return html`<${VirtualList}
    label="Memories, newest first"
    items=${items}
    rowHeight=${60}
    keyOf=${(/** @type {any} */ memory) => memory.id}
    selectedKey=${chosen}
    onOpen=${(/** @type {any} */ memory) => go('memory', [memory.id], filter)}
    onNearEnd=${loadMore}
    row=${(/** @type {any} */ memory) => html`<${Row} memory=${memory} />`}
  />`;
}

/** @param {{ memory: import('../../../../src/operations.ts').Answers['memory.get'] }} props */
function Row({ memory }) {
  return html`<div class="memory-row">
    <span class="one-line"
      >${memory.title === null ? '' : html`<b>${memory.title}</b> `}${memory.content}</span
    >
    <span class="soft small"><${Time} at=${memory.createdAt} /></span>
    <span class="memory-foot">
      <span class="small state is-purple">${kindWord(memory.kind)}</span>
      <${Origin} trust=${memory.trust} source=${memory.source} />
      ${memory.pinned ? html`<span class="small state is-text"><span class="glyph" aria-hidden="true">◆</span>pinned</span>` : null}
    </span>
    <span class="soft small"
      >${memory.recallCount === 0 ? '' : `recalled ${plural(memory.recallCount, 'time')}`}</span
    >
  </div>`;
}
