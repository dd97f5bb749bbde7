import { Button, Empty, Loading, Problem, State } from '../../components/basics.js';
import { DayList } from '../../components/day-list.js';
import { FilterField } from '../../components/filter-field.js';
import { Time } from '../../components/time.js';
import { useWidth } from '../../components/use-width.js';
import { fitsPattern } from '../../format/pattern.js';
import { count } from '../../format/quantity.js';
import { priorities, priorityTone, signOf } from '../../format/state.js';
import { useNews, useTopic } from '../../link/use-feed.js';
import { usePages } from '../../link/use-pages.js';
import { bindKey } from '../../shell/keys.js';
import { place, replaceAddress } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { withRows } from '../../state/rows.js';
import { html, useEffect, useMemo, useState } from '../../view.js';
import { EventDialog } from './event-dialog.js';
import { useOpened } from './opened.js';

/** @typedef {import('../../../../src/operations.ts').Answers['events.list']['items'][number]} EventSummary */

const mostRows = 2_000;
const statuses = ['task', 'done', 'dropped', 'failed', 'dead'];

/** The flow of events, newest first, as they are recorded; what it is narrowed to stands in the address. */
export function Events() {
  const query = useStore(place, (state) => state.query);
  const { text = '', source = '', priority = '', status = '' } = query;
  const narrow = (/** @type {Record<string, string>} */ change) =>
    replaceAddress('activity', ['events'], { text, source, priority, status, ...change });
  const [paused, setPaused] = useState(false);
  const [omitted, setOmitted] = useState(0);
  const { opened, open, close } = useOpened('events');
  const filter = Object.fromEntries(
    Object.entries({ text, source, priority, status }).filter(([, value]) => value !== ''),
  );
  const { items, error, more, loadMore, reload, update } = usePages('events.list', filter);
  useEffect(() => bindKey('p', 'Pause and go on', () => setPaused((before) => !before)), []);
  useTopic(paused ? null : 'events');
  useNews('events', (batch) => {
    if (paused || text !== '') return;
    setOmitted((before) => before + batch.omitted);
    const fits = (/** @type {EventSummary} */ event) =>
      (priority === '' || event.priority === priority) &&
      (status === '' || event.status === status) &&
      (source === '' || fitsPattern(source, event.source));
    update((rows) => withRows(rows, batch.items, fits, mostRows));
  });
  const isNarrow = useWidth('(max-width: 639px)');
  const sources = useMemo(() => sourcesOf(items ?? []), [items]);
  return html`<div class="actions">
      <${FilterField}
        label="Source"
        placeholder="Any source"
        value=${source}
        known=${sources}
        onFilter=${(/** @type {string} */ next) => narrow({ source: next })}
      />
      <select
        aria-label="Priority"
        value=${priority}
        onChange=${(/** @type {any} */ event) => narrow({ priority: event.target.value })}
      >
        <option value="">Any priority</option>
        ${priorities.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
      <select
        aria-label="Status"
        value=${status}
        onChange=${(/** @type {any} */ event) => narrow({ status: event.target.value })}
      >
        <option value="">Whatever became of it</option>
        ${statuses.map((name) => html`<option key=${name} value=${name}>${signOf(name).word}</option>`)}
      </select>
      <${Button}
        pressed=${paused}
        onClick=${() => {
          setPaused(!paused);
          if (paused) reload();
        }}
        >${paused ? 'Go on' : 'Pause'}<//
      >
      ${omitted === 0 ? null : html`<span class="soft small">${count(omitted)} more passed too fast to show</span>`}
    </div>
    ${
      items === null
        ? error === null
          ? html`<${Loading} rows=${8} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? html`<${NoEvent}
              isNarrowed=${Object.keys(filter).length > 0}
              onAll=${() => narrow({ text: '', source: '', priority: '', status: '' })}
            />`
          : html`<${DayList}
              label="Events, newest first"
              items=${items}
              rowHeight=${isNarrow ? 56 : 36}
              more=${more}
              keyOf=${(/** @type {EventSummary} */ event) => event.id}
              at=${(/** @type {EventSummary} */ event) => event.receivedAt}
              same=${isRepeat}
              onOpen=${(/** @type {EventSummary} */ event) => open(event.id)}
              onNearEnd=${loadMore}
              row=${(/** @type {EventSummary} */ event, /** @type {unknown} */ times) =>
                html`<div class="event-row">
                  <span class="soft small"><${Time} at=${event.receivedAt} /></span>
                  <span class=${`mono priority is-${priorityTone(event.priority)}`}>${event.priority}</span>
                  <span class="soft one-line">${event.source} · ${event.category}</span>
                  <span class="event-what"><span class="one-line">${event.text}</span>${times}</span>
                  <${State} state=${event.status} />
                </div>`}
            />`
    }
    ${opened === null ? null : html`<${EventDialog} key=${opened} id=${opened} onClose=${close} />`}`;
}

/** @param {{ isNarrowed: boolean, onAll: () => void }} props */
function NoEvent({ isNarrowed, onAll }) {
  if (isNarrowed)
    return html`<${Empty}
      title="No event fits"
      action=${html`<${Button} onClick=${onAll}>Show all of them<//>`}
      >None of those that are kept fits all that you ask for.<//
    >`;
  return html`<${Empty} title="No event yet"
    >Everything enters through the pipe: what you say, what sensors find, what mails bring. A program of yours
    writes a line, such as <code>printf 'LOW|shell||note|hello\\n' > ~/.ninjad/events.fifo</code><//
  >`;
}

/** @param {EventSummary} one @param {EventSummary} other */
function isRepeat(one, other) {
  return (
    one.text === other.text &&
    one.source === other.source &&
    one.status === other.status &&
    one.priority === other.priority
  );
}

/** The sources among the events, and the families of those with a colon. @param {readonly EventSummary[]} items */
function sourcesOf(items) {
  const sources = new Set(items.map(({ source }) => source));
  const families = [...sources].flatMap((source) =>
    source.includes(':') ? [`${source.split(':', 1)[0]}:*`] : [],
  );
  return [...new Set([...families, ...sources])].sort();
}
