import { Button, Empty, Loading, Problem } from '../../components/basics.js';
import { Dialog, Gone } from '../../components/dialog.js';
import { Code } from '../../components/markdown.js';
import { DayList } from '../../components/day-list.js';
import { FilterField } from '../../components/filter-field.js';
import { Time } from '../../components/time.js';
import { usePages } from '../../link/use-pages.js';
import { place, replaceAddress } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { useStore } from '../../state/use-store.js';
import { useRow } from '../../link/use-row.js';
import { html, useMemo } from '../../view.js';
import { useOpened } from './opened.js';

/** @typedef {import('../../../../src/operations.ts').Answers['activity.list']['items'][number]} Activity */

/** The log of decisions and facts; what it is narrowed to stands in the address. */
export function Log() {
  const { text = '', by: actor = '' } = useStore(place, (state) => state.query);
  const { opened, open, close } = useOpened('log');
  const { items, error, more, loadMore, reload } = usePages('activity.list', {
    ...(text !== '' && { text }),
    ...(actor !== '' && { actor }),
  });
  const actors = useMemo(() => [...new Set((items ?? []).map(({ actor: by }) => by))].sort(), [items]);
  const { row: shown, missing } = useRow('activity.list', items, opened);
  return html`<div class="actions">
      <${FilterField}
        label="By whom"
        placeholder="By anybody"
        value=${actor}
        known=${actors}
        onFilter=${(/** @type {string} */ next) => replaceAddress('activity', ['log'], { text, by: next })}
      />
      <${Button} onClick=${reload}>Refresh<//>
    </div>
    ${
      items === null
        ? error === null
          ? html`<${Loading} rows=${8} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? html`<${Empty}
              title=${text === '' && actor === '' ? 'Nothing happened yet' : 'Nothing like that happened'}
              >Decisions of yours, changed settings, caps that were reached and what tasks asked for are kept
              here, with who, when and why.<//
            >`
          : html`<${DayList}
              label="Log, newest first"
              items=${items}
              rowHeight=${36}
              more=${more}
              keyOf=${(/** @type {Activity} */ row) => row.id}
              at=${(/** @type {Activity} */ row) => row.at}
              same=${(/** @type {Activity} */ one, /** @type {Activity} */ other) =>
                one.summary === other.summary && one.action === other.action && one.actor === other.actor}
              onOpen=${(/** @type {Activity} */ row) => open(row.id)}
              onNearEnd=${loadMore}
              row=${(/** @type {Activity} */ row, /** @type {unknown} */ times) =>
                html`<div class="log-row">
                  <span class="soft small"><${Time} at=${row.at} /></span
                  ><span class="soft one-line">${row.actor}</span
                  ><span class="event-what"
                    ><span class="one-line"
                      >${row.summary}${row.taskText === null ? null : html` <span class="soft">${row.taskText}</span>`}</span
                    >${times}</span
                  ><span class="soft small">${row.taskId === null ? '' : `task ${row.taskId}`}</span>
                </div>`}
            />`
    }
    ${shown === null ? null : html`<${Line} key=${opened} row=${shown} onClose=${close} />`}
    ${missing ? html`<${Gone} what="line of the log" id=${opened} onClose=${close} />` : null}`;
}

/** @param {{ row: Activity, onClose: () => void }} props */
function Line({ row, onClose }) {
  return html`<${Dialog} title=${row.action} wide onClose=${onClose}>
    <p class="prose">${row.summary}</p>
    <dl class="facts">
      <dt>By</dt>
      <dd>${row.actor}</dd>
      <dt>When</dt>
      <dd><${Time} at=${row.at} /></dd>
      ${
        row.taskId === null
          ? null
          : html`<dt>Task</dt>
              <dd>
                <a href=${addressOf('tasks', [row.taskId])} onClick=${onClose}>${row.taskId}</a
                >${row.taskText === null ? null : html` <span class="soft">${row.taskText}</span>`}
              </dd>`
      }
    </dl>
    ${row.detail === null ? null : html`<${Code} text=${JSON.stringify(row.detail, null, 2)} label="Detail" />`}
    <div class="actions is-end"><${Button} onClick=${onClose}>Close<//></div>
  <//>`;
}
