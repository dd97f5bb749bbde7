import { Empty, Loading, Problem, State, Tabs } from '../../components/basics.js';
import { SearchField } from '../../components/search-field.js';
import { DayList } from '../../components/day-list.js';
import { Lasting, Time } from '../../components/time.js';
import { money } from '../../format/quantity.js';
import { reasonText } from '../../format/reason.js';
import { priorities, priorityTone } from '../../format/state.js';
import { connection } from '../../link/connection.js';
import { useNews, useTopic } from '../../link/use-feed.js';
import { usePages } from '../../link/use-pages.js';
import { go, place, replaceAddress } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { withRows } from '../../state/rows.js';
import { useStore } from '../../state/use-store.js';
import { html } from '../../view.js';
import { filterOf, fitting, inputOf } from './filter.js';
import { TaskPage } from './task.js';

const mostRows = 2_000;
const stateTabs = [
  { id: '', label: 'All' },
  { id: 'running', label: 'Running' },
  { id: 'queued', label: 'Queued' },
  { id: 'done', label: 'Done' },
  { id: 'failed', label: 'Failed' },
  { id: 'dead', label: 'Given up' },
  { id: 'cancelled', label: 'Cancelled' },
];

/** Everything that the agent did, does and will do; beside it the chosen task. */
export function TasksPanel() {
  const { rest, query } = useStore(place, (state) => state);
  const id = Number(rest[0] ?? Number.NaN);
  const chosen = Number.isSafeInteger(id) && id > 0 ? id : null;
  const filter = filterOf(query);
  const change = (/** @type {Partial<typeof filter>} */ patch) =>
    replaceAddress('tasks', rest, { ...filter, ...patch });
  return html`<div class=${`split${chosen === null ? '' : ' has-chosen'}`}>
    <section class="panel is-tall split-list" aria-label="Tasks">
      <div class="panel-head">
        <h1>Tasks</h1>
        <div class="end">
          <select
            aria-label="Priority"
            value=${filter.priority}
            onChange=${(/** @type {any} */ event) => change({ priority: event.target.value })}
          >
            <option value="">Any priority</option>
            ${priorities.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
          </select>
          <${SearchField}
            label="Search tasks"
            value=${filter.text}
            onSearch=${(/** @type {string} */ text) => change({ text })}
            placeholder="Search prompts and replies"
          />
        </div>
      </div>
      <${Tabs}
        label="State"
        tabs=${stateTabs}
        selected=${filter.state}
        onSelect=${(/** @type {string} */ state) => change({ state })}
      />
      <${List} filter=${filter} chosen=${chosen} />
    </section>
    ${chosen === null ? null : html`<${TaskPage} key=${chosen} id=${chosen} backTo=${addressOf('tasks', [], { ...filter })} />`}
  </div>`;
}

/** @param {{ filter: ReturnType<typeof filterOf>, chosen: number | null }} props */
function List({ filter, chosen }) {
  const connected = useStore(connection, (state) => state.connected);
  const { items, error, loadMore, reload, update } = usePages('tasks.list', inputOf(filter));
  useTopic('tasks');
  useNews('tasks', (batch) => {
    const fits = fitting(filter);
    update((rows) => {
      const known = new Set(rows.map((row) => row.id));
      const changed = filter.text === '' ? batch.items : batch.items.filter((row) => known.has(row.id));
      return withRows(rows, changed, fits, mostRows);
    });
  });
  if (items === null)
    return error === null || !connected
      ? html`<${Loading} rows=${8} what="Asking for the tasks" />`
      : html`<${Problem} problem=${error} retry=${reload} />`;
  if (items.length === 0) return html`<${NoTasks} filter=${filter} />`;
  return html`<${DayList}
    label="Tasks, newest first"
    items=${items}
    rowHeight=${56}
    keyOf=${(/** @type {any} */ task) => task.id}
    at=${(/** @type {any} */ task) => task.queuedAt}
    selectedKey=${chosen}
    onOpen=${(/** @type {any} */ task) => go('tasks', [task.id], filter)}
    onNearEnd=${loadMore}
    row=${(/** @type {any} */ task) => html`<${Row} task=${task} />`}
  />`;
}

/** @param {{ filter: ReturnType<typeof filterOf> }} props */
function NoTasks({ filter }) {
  if (filter.state === 'dead')
    return html`<${Empty} title="Nothing was given up"
      >A task that failed as often as it may be tried ends up here, and waits until you try it again.<//
    >`;
  if (Object.values(filter).some((value) => value !== ''))
    return html`<${Empty} title="No task fits">Take a filter away, or search for other words.<//>`;
  return html`<${Empty} title="No task yet"
    >A task is what needs the agent: <a href=${addressOf('chat')}>say something</a>, or write a line such as
    <code>printf 'NORMAL|shell||task|check the backups\\n' > ~/.ninjad/events.fifo</code><//
  >`;
}

/** @param {{ task: import('../../../../src/operations.ts').Answers['tasks.list']['items'][number] }} props */
function Row({ task }) {
  const lower =
    task.state === 'running'
      ? (task.progress ?? 'starting')
      : task.state === 'done' || task.reason === null
        ? null
        : reasonText(task.reason);
  return html`<div class="task-row">
    <${State} state=${task.state} />
    <span class="task-text one-line">${task.text}</span>
    <span class="task-when soft small"
      >${task.state === 'running' && task.startedAt !== null ? html`<${Lasting} from=${task.startedAt} />` : html`<${Time} at=${task.finishedAt ?? task.queuedAt} />`}</span
    >
    <span class="task-from soft small one-line"
      ><span class=${`priority is-${priorityTone(task.priority)}`}>${task.priority}</span> ${task.source} ·
      ${task.category}${lower === null ? null : html` · <span>${lower}</span>`}</span
    >
    <span class="task-cost numeric soft">${task.costUsd > 0 ? money(task.costUsd) : ''}</span>
  </div>`;
}
