import { Button, Empty, Loading, Problem, State } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Code, Markdown } from '../../components/markdown.js';
import { DayList } from '../../components/day-list.js';
import { Time } from '../../components/time.js';
import { count } from '../../format/quantity.js';
import { priorities, priorityTone } from '../../format/state.js';
import { act } from '../../link/act.js';
import { useNews, useTopic } from '../../link/use-feed.js';
import { usePages } from '../../link/use-pages.js';
import { useResource } from '../../link/use-resource.js';
import { bindKey } from '../../shell/keys.js';
import { addressOf } from '../../shell/routes.js';
import { withRows } from '../../state/rows.js';
import { html, useEffect, useState } from '../../view.js';
import { useOpened } from './opened.js';

/** @typedef {import('../../../../src/operations.ts').Answers['events.list']['items'][number]} EventSummary */

const mostRows = 2_000;
const statuses = ['task', 'done', 'dropped', 'failed', 'dead'];

/** The flow of events, newest first, as they are recorded. @param {{ text: string }} props */
export function Events({ text }) {
  const [priority, setPriority] = useState('');
  const [status, setStatus] = useState('');
  const [paused, setPaused] = useState(false);
  const [omitted, setOmitted] = useState(0);
  const { opened, open, close } = useOpened('events');
  const filter = {
    ...(text !== '' && { text }),
    ...(priority !== '' && { priority }),
    ...(status !== '' && { status }),
  };
  const { items, error, loadMore, reload, update } = usePages('events.list', filter);
  useEffect(() => bindKey('p', 'Pause and go on', () => setPaused((before) => !before)), []);
  useTopic(paused ? null : 'events');
  useNews('events', (batch) => {
    if (paused || text !== '') return;
    setOmitted((before) => before + batch.omitted);
    const fits = (/** @type {EventSummary} */ event) =>
      (priority === '' || event.priority === priority) && (status === '' || event.status === status);
    update((rows) => withRows(rows, batch.items, fits, mostRows));
  });
  return html`<div class="actions">
      <select
        aria-label="Priority"
        value=${priority}
        onChange=${(/** @type {any} */ event) => setPriority(event.target.value)}
      >
        <option value="">Any priority</option>
        ${priorities.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
      <select
        aria-label="Status"
        value=${status}
        onChange=${(/** @type {any} */ event) => setStatus(event.target.value)}
      >
        <option value="">Any status</option>
        ${statuses.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
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
          ? html`<${Empty} title=${Object.keys(filter).length === 0 ? 'No event yet' : 'No event fits'}
              >Everything enters through the pipe. Try
              <code>printf 'LOW|shell||note|hello\\n' > ~/.ninjad/events.fifo</code><//
            >`
          : html`<${DayList}
              label="Events, newest first"
              items=${items}
              rowHeight=${36}
              keyOf=${(/** @type {EventSummary} */ event) => event.id}
              at=${(/** @type {EventSummary} */ event) => event.receivedAt}
              same=${(/** @type {EventSummary} */ one, /** @type {EventSummary} */ other) =>
                one.text === other.text &&
                one.source === other.source &&
                one.status === other.status &&
                one.priority === other.priority}
              onOpen=${(/** @type {EventSummary} */ event) => open(event.id)}
              onNearEnd=${loadMore}
              row=${(/** @type {EventSummary} */ event, /** @type {unknown} */ times) =>
                html`<div class="event-row">
                  <span class="soft small"><${Time} at=${event.receivedAt} /></span>
                  <span class=${`mono priority is-${priorityTone(event.priority)}`}>${event.priority}</span>
                  <span class="soft one-line">${event.source} · ${event.category}</span>
                  <span class="one-line">${times === null ? null : html`${times} `}${event.text}</span>
                  <${State} state=${event.status} />
                </div>`}
            />`
    }
    ${opened === null ? null : html`<${EventDialog} key=${opened} id=${opened} onClose=${close} />`}`;
}

/** What a payload says to people; null where it says it in a way of its own. @param {string} payload */
function textOf(payload) {
  try {
    const { text } = JSON.parse(payload);
    return typeof text === 'string' ? text : null;
  } catch {
    return /^\s*[[{]/.test(payload) ? null : payload;
  }
}

/** @param {{ id: number, onClose: () => void }} props */
function EventDialog({ id, onClose }) {
  const { data, error } = useResource('event.get', { id }, 'events.list');
  const replay = () => void act('event.replay', { id }, { says: ({ message }) => message });
  return html`<${Dialog} title=${`Event ${id}`} wide onClose=${onClose}>
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${3} />`
          : html`<${Problem} problem=${error} />`
        : html`<dl class="facts">
              <dt>What</dt>
              <dd>${data.priority} · ${data.source} · ${data.category}</dd>
              <dt>Route</dt>
              <dd>${data.route}, by rule ${data.rule}</dd>
              <dt>Status</dt>
              <dd><${State} state=${data.status} />${data.reason === null ? '' : ` ${data.reason}`}</dd>
              <dt>Received</dt>
              <dd><${Time} at=${data.receivedAt} /></dd>
              ${
                data.taskId === null
                  ? null
                  : html`<dt>Task</dt>
                      <dd>
                        <a href=${addressOf('tasks', [data.taskId])} onClick=${onClose}>${data.taskId}</a>
                      </dd>`
              }
            </dl>
            <${Payload} payload=${data.payload} />
            ${data.reply === null ? null : html`<${Markdown} text=${data.reply} />`}`
    }
    <div class="actions is-end">
      ${data !== null && (data.status === 'failed' || data.status === 'dead') ? html`<${Button} onClick=${replay}>Replay it<//>` : null}
      <${Button} onClick=${onClose}>Close<//>
    </div>
  <//>`;
}

/** The words of an event first, and behind them the line as it came, where that is more. @param {{ payload: string }} props */
function Payload({ payload }) {
  const text = textOf(payload);
  if (text === null) return html`<${Code} text=${payload} label="Payload" />`;
  return html`<p class="event-text">${text}</p>
    ${
      text === payload
        ? null
        : html`<details class="small">
            <summary class="soft">As it came</summary>
            <${Code} text=${payload} label="Payload" />
          </details>`
    }`;
}
