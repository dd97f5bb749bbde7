import { Button, Empty, Loading, Problem, Tag } from '../../components/basics.js';
import { SearchField } from '../../components/search-field.js';
import { count } from '../../format/quantity.js';
import { usePages } from '../../link/use-pages.js';
import { useResource } from '../../link/use-resource.js';
import { go, place, replaceAddress } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useState } from '../../view.js';
import { Entity } from './entity.js';
import { kindTone, kinds } from './kinds.js';
import { Picture } from './picture.js';

const shown = 2_000;

/** Whom and what it knows, as a picture; a chosen entity says where each thing was read. */
export function GraphPanel() {
  const { rest, query } = useStore(place, (state) => state);
  const chosen = Number(rest[0]) > 0 ? Number(rest[0]) : null;
  const kind = kinds.find((name) => name === query.kind) ?? '';
  const [text, setText] = useState('');
  const [listed, setListed] = useState(false);
  // Whoever is chosen, by whatever way, is what one looks at.
  useEffect(() => {
    if (chosen === null) return;
    setText('');
    setListed(false);
  }, [chosen]);
  const { data, error, reload } = useResource('graph.get', { limit: shown, ...(kind !== '' && { kind }) });
  return html`<div class="graph">
    <div class="panel-head">
      <h1>Graph</h1>
      ${data === null ? null : html`<span class="soft small">${count(data.nodes.length)}${data.total > data.nodes.length ? ` of ${count(data.total)}` : ''} entities, ${count(data.edges.length)} relations</span>`}
      <div class="end">
        <select
          aria-label="Kind"
          value=${kind}
          onChange=${(/** @type {any} */ event) => replaceAddress('graph', rest, { kind: event.target.value })}
        >
          <option value="">Any kind</option>
          ${kinds.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
        </select>
        <${Button} pressed=${listed} onClick=${() => setListed(!listed)}>List<//>
        <${SearchField}
          label="Find an entity"
          value=${text}
          onSearch=${setText}
          placeholder="Find an entity"
        />
      </div>
    </div>
    <div class=${`graph-stage${chosen !== null || text !== '' || listed ? ' has-side' : ''}`}>
      ${
        data === null
          ? html`<div class="panel">
              ${error === null ? html`<${Loading} what="Asking for the graph" />` : html`<${Problem} problem=${error} retry=${reload} />`}
            </div>`
          : data.nodes.length === 0
            ? html`<div class="panel">
                <${Empty} title="It knows nobody yet"
                  >People, places, hosts, services and addresses are drawn from tasks, messages and reports as
                  they come. Remember a sentence or two, and the first ones show up.<//
                >
              </div>`
            : html`<${Picture}
                  graph=${data}
                  chosen=${chosen}
                  find=${text}
                  onChoose=${(/** @type {number | null} */ id) => go('graph', id === null ? [] : [id], { kind })}
                />
                <div class="graph-legend" aria-hidden="true">
                  ${kinds
                    .filter((name) => data.nodes.some((node) => node.kind === name))
                    .map(
                      (name) => html`<span key=${name} class=${`is-${kindTone(name)}`}><i></i>${name}</span>`,
                    )}
                </div>`
      }
      ${
        text === '' && !listed
          ? null
          : html`<${Names}
              title=${text === '' ? 'The most mentioned' : 'Found'}
              query=${{ ...(text !== '' && { text }), ...(kind !== '' && { kind }) }}
              onChoose=${() => setText('')}
            />`
      }
      ${chosen === null || text !== '' || listed ? null : html`<${Entity} key=${chosen} id=${chosen} />`}
    </div>
  </div>`;
}

/**
 * Entities by name, as a search found them or the most mentioned first: the way through the graph without the picture.
 * @param {{ title: string, query: { text?: string, kind?: string }, onChoose: () => void }} props
 */
function Names({ title, query, onChoose }) {
  const { items, error, more, loadMore, reload } = usePages('entities.search', query);
  return html`<aside class="graph-side" aria-label=${query.text === undefined ? title : 'Found entities'}>
    <h2>${title}</h2>
    ${
      items === null
        ? error === null
          ? html`<${Loading} rows=${3} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? html`<p class="soft">Nobody and nothing is called so.</p>`
          : html`<ul class="row-list">
              ${items.map((node) => html`<li key=${node.id}><a class="grow one-line" href=${addressOf('graph', [node.id])} onClick=${onChoose}>${node.name}</a><${Tag} tone=${kindTone(node.kind)}>${node.kind}<//></li>`)}
              ${more ? html`<li><${Button} kind="quiet" onClick=${loadMore}>Show more<//></li>` : null}
            </ul>`
    }
  </aside>`;
}
