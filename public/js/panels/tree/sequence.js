import { Empty } from '../../components/basics.js';
import { VirtualList } from '../../components/virtual-list.js';
import { count } from '../../format/quantity.js';
import { go } from '../../shell/location.js';
import { html, memo, useMemo } from '../../view.js';
import { eventWords, isNews, nameOf } from './words.js';

/** @typedef {import('../../../../src/inspection/tree-view.ts').Transition} Transition */

const time = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/**
 * The last transitions, newest first: who got what from whom, and what it changed.
 * @param {{ transitions: readonly Transition[], omitted: number, filter: string }} props
 */
export function Sequence({ transitions, omitted, filter }) {
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    return transitions
      .filter(isNews)
      .filter(
        ({ path, event, from }) =>
          wanted === '' || `${path} ${event} ${from ?? ''}`.toLowerCase().includes(wanted),
      )
      .toReversed();
  }, [transitions, filter]);
  if (rows.length === 0)
    return html`<${Empty}
      title=${filter === '' ? 'Nothing has happened yet' : 'Nothing that fits has happened'}
      >Events between actors show up here from the moment you look; nothing is recorded while nobody does.
      Send yourself a message to see one pass.<//
    >`;
  return html`${omitted === 0 ? null : html`<p class="soft small">${count(omitted)} were left out so that watching costs little.</p>`}
    <${VirtualList}
      label="Transitions, newest first"
      items=${rows}
      class="sequence"
      reuses=${true}
      rowHeight=${44}
      keyOf=${(/** @type {Transition} */ row) => `${row.at}.${row.seq}`}
      onOpen=${(/** @type {Transition} */ row) => go('tree', row.path.split('/'))}
      row=${(/** @type {Transition} */ row) => html`<${Row} row=${row} />`}
    />`;
}

/** Two lines: who got what from whom, and what that changed. */
const Row = memo((/** @type {{ row: Transition }} */ { row }) => {
  return html`<span class="mono soft small seq-at">${time.format(row.at)}</span>
    <span class="seq-body">
      <span class="one-line"
        ><span class="soft">${row.from === null ? '' : `${lastPart(row.from)} → `}</span
        ><b class="seq-who">${lastPart(row.path)}</b>
        <span class="mono small seq-event" title=${row.event}>${eventWords(row.event)}</span></span
      >
      <${Change} row=${row} />
    </span>`;
});

/** What an event changed. @param {{ row: Pick<Transition, 'before' | 'after'> }} props */
export function Change({ row: { before, after } }) {
  const [from, to] = [before.join(', '), after.join(', ')];
  if (from === to)
    return html`<span class="soft seq-change one-line">${to === '' ? 'at work' : `stays ${to}`}</span>`;
  return html`<span class="seq-change one-line"
    ><span class="soft">${from} → </span><span class="state is-cyan">${to}</span></span
  >`;
}

/** @param {string} path */
function lastPart(path) {
  return nameOf({ id: path.slice(path.lastIndexOf('/') + 1) });
}
