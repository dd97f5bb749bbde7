import { Button, Empty, Loading, Problem, Tabs } from '../../components/basics.js';
import { SearchField } from '../../components/search-field.js';
import { Time } from '../../components/time.js';
import { VirtualList } from '../../components/virtual-list.js';
import { plural } from '../../format/quantity.js';
import { bindKey } from '../../shell/keys.js';
import { go, place } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { html, memo, useCallback, useEffect, useMemo, useRef, useState } from '../../view.js';
import { ActorDetail } from './actor.js';
import { actorSign, foldedPaths, outlineOf } from './outline.js';
import { Sequence } from './sequence.js';
import { useTree } from './use-tree.js';
import { useWidth } from '../../components/use-width.js';
import { nameOf } from './words.js';

/** From here on what passes has a place beside the actors. */
const wideQuery = '(min-width: 1200px)';

/** Every live actor under its parent, and what passes between them. */
export function TreePanel() {
  const rest = useStore(place, (state) => state.rest);
  const chosen = rest.length === 0 ? null : rest.join('/');
  const [paused, setPaused] = useState(false);
  const [filter, setFilter] = useState('');
  const [view, setView] = useState('outline');
  const { data, error, reload, transitions, omitted } = useTree(paused);
  const isBeside = useWidth(wideQuery) && chosen === null;
  useEffect(() => bindKey('p', 'Pause and go on', () => setPaused((before) => !before)), []);
  const passes = html`<${Sequence} transitions=${transitions} omitted=${omitted} filter=${filter} />`;
  return html`<div class=${`split${chosen === null ? '' : ' has-chosen'}${isBeside ? ' tree-beside' : ''}`}>
    <section class="panel is-tall split-list" aria-label="Tree">
      <div class="panel-head">
        <h1>Tree</h1>
        ${
          isBeside
            ? html`<span class="soft">${data === null ? '' : plural(data.actors.length, 'actor')}</span>`
            : html`<${Tabs}
                label="View"
                tabs=${[
                  { id: 'outline', label: 'Actors', count: data?.actors.length ?? 0 },
                  { id: 'sequence', label: 'Transitions' },
                ]}
                selected=${view}
                onSelect=${setView}
              />`
        }
        <div class="end">
          <${SearchField} label="Filter" value=${filter} onSearch=${setFilter} placeholder="Actor or state" />
          <${Button} pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? 'Go on' : 'Pause'}<//>
        </div>
      </div>
      ${
        data === null
          ? error === null
            ? html`<${Loading} rows=${10} what="Asking for the tree" />`
            : html`<${Problem} problem=${error} retry=${reload} />`
          : view === 'outline' || isBeside
            ? html`<${Outline}
                actors=${data.actors}
                truncated=${data.truncated}
                filter=${filter}
                chosen=${chosen}
              />`
            : passes
      }
    </section>
    ${
      isBeside
        ? html`<section class="panel is-tall split-side" aria-labelledby="tree-passes">
            <h2 id="tree-passes">What passes</h2>
            ${passes}
          </section>`
        : null
    }
    ${
      chosen === null
        ? null
        : html`<${ActorDetail}
            key=${chosen}
            path=${chosen}
            live=${data?.actors.find(({ path }) => path === chosen)}
            lastSeq=${transitions.findLast(({ path }) => path === chosen)?.seq ?? 0}
          />`
    }
  </div>`;
}

/** @param {{ actors: readonly import('./outline.js').ActorView[], truncated: number, filter: string, chosen: string | null }} props */
function Outline({ actors, truncated, filter, chosen }) {
  const [said, setSaid] = useState(/** @type {ReadonlyMap<string, boolean>} */ (new Map()));
  const folded = useMemo(() => foldedPaths(actors, said, chosen), [actors, said, chosen]);
  const rows = useMemo(() => outlineOf(actors, folded, filter), [actors, folded, filter]);
  const latest = useRef(folded);
  latest.current = folded;
  const toggle = useCallback(
    (/** @type {string} */ path) => setSaid((before) => new Map(before).set(path, !latest.current.has(path))),
    [],
  );
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const row = rows[Number(/** @type {HTMLElement} */ (event.target).dataset.index)];
    const wanted = { ArrowLeft: true, ArrowRight: false }[event.key];
    if (row === undefined || wanted === undefined || row.children === 0) return;
    event.preventDefault();
    if (folded.has(row.actor.path) !== wanted) toggle(row.actor.path);
  };
  if (rows.length === 0)
    return html`<${Empty} title="No actor fits"
      >No live actor has this in its name or state. Take the filter away to see all of them.<//
    >`;
  return html`<div class="outline-box" onKeyDown=${onKeyDown}>
    <div class="outline-head soft small" aria-hidden="true">
      <span class="outline-name">Actor</span><span class="outline-state">State</span
      ><span class="outline-restarts">Restarts</span><span class="outline-since">Since</span>
    </div>
    <${VirtualList}
      label="Actors"
      class="outline"
      items=${rows}
      rowHeight=${32}
      keyOf=${(/** @type {any} */ row) => row.actor.path}
      selectedKey=${chosen}
      onOpen=${(/** @type {any} */ row) => go('tree', row.actor.path.split('/'))}
      row=${(/** @type {any} */ row) => html`<${Row} row=${row} isFolded=${folded.has(row.actor.path)} onFold=${toggle} />`}
    />
    ${truncated === 0 ? null : html`<p class="soft small">${plural(truncated, 'actor')} more were left out.</p>`}
  </div>`;
}

const indent = 20;

/** @typedef {{ row: import('./outline.js').OutlineRow, isFolded: boolean, onFold: (path: string) => void }} RowProps */

/** The rows are made anew with each change; what is drawn is the same where what they hold is. */
const Row = memo(
  drawRow,
  (before, now) =>
    before.row.actor === now.row.actor &&
    before.isFolded === now.isFolded &&
    before.row.depth === now.row.depth &&
    before.row.isLast === now.row.isLast &&
    before.row.children === now.row.children &&
    before.row.tally === now.row.tally &&
    before.row.lines.join() === now.row.lines.join(),
);

/** @param {RowProps} props */
function drawRow({ row: { actor, depth, lines, isLast, children, tally }, isFolded, onFold }) {
  const sign = actorSign(actor);
  const fold = (/** @type {Event} */ event) => {
    event.stopPropagation();
    onFold(actor.path);
  };
  return html`<${Lines} depth=${depth} lines=${lines} isLast=${isLast} />
    ${
      children === 0
        ? html`<span class="fold" aria-hidden="true"></span>`
        : html`<button
            type="button"
            class="fold"
            tabindex="-1"
            onClick=${fold}
            aria-expanded=${String(!isFolded)}
            aria-label=${`${isFolded ? 'Unfold' : 'Fold'} ${actor.id}`}
          >
            ${isFolded ? '▸' : '▾'}
          </button>`
    }
    <span class=${`outline-name one-line${actor.kind === 'work' ? ' soft' : ''}`} title=${actor.path}
      >${nameOf(actor)}${tally === '' ? null : html` <span class="outline-tally soft"> ${tally}</span>`}</span
    >
    <span class=${`state outline-state one-line is-${sign.tone}`}
      ><span class="glyph" aria-hidden="true"><i key=${actor.since} class="pulse"></i>${sign.glyph}</span
      >${stateWords(sign.word)}</span
    >
    <span class="outline-restarts"
      >${actor.supervised === null ? null : html`<${Restarts} supervised=${actor.supervised} />`}</span
    >
    <span class="outline-since soft small"
      ><${Time} at=${actor.since === 0 ? null : actor.since} none=""
    /></span>`;
}

/** The outermost state first, and what it is inside of it behind. @param {string} word */
function stateWords(word) {
  const [outer, ...inner] = word.split('.');
  return inner.length === 0 ? outer : html`${outer}<span class="soft small"> ${inner.join(' ')}</span>`;
}

/** The lines of the outline, drawn by us. @param {{ depth: number, lines: readonly boolean[], isLast: boolean }} props */
function Lines({ depth, lines, isLast }) {
  if (depth === 0) return null;
  const x = (/** @type {number} */ level) => level * indent + 8;
  const above = lines.map((goesOn, level) => (goesOn ? `M${x(level)} 0V32` : '')).join('');
  const own = `M${x(depth - 1)} 0V${isLast ? 16 : 32}M${x(depth - 1)} 16H${x(depth - 1) + 10}`;
  return html`<svg class="outline-lines" width=${depth * indent} height="32" aria-hidden="true">
    <path d=${above + own} />
  </svg>`;
}

/** How much of the restart budget is used up. @param {{ supervised: NonNullable<import('./outline.js').ActorView['supervised']> }} props */
function Restarts({ supervised: { restarts, budget, lastError } }) {
  if (restarts === 0) return null;
  const share = Math.min(1, restarts / Math.max(1, budget));
  return html`<span
    class=${`is-${share < 0.6 ? 'orange' : 'pink'}`}
    title=${`${plural(restarts, 'restart')}, ${budget} allowed at once${lastError === null ? '' : `; last: ${lastError}`}`}
  >
    <span class="meter" aria-hidden="true"><i style=${{ width: `${share * 100}%` }}></i></span>
    <span class="mono small"> ${restarts}</span><span class="unseen"> restarts</span>
  </span>`;
}
