import { Button, Empty, Loading, Problem } from '../../components/basics.js';
import { useResource } from '../../link/use-resource.js';
import { place } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useState } from '../../view.js';
import { GoalForm } from './goal-form.js';
import { GoalRow } from './goal-row.js';

/** @typedef {import('../../../../src/operations.ts').Answers['goals.list'][number]} Goal */

const rowsAtOnce = 100;
const mostRows = 1000;

/** What it does by the clock. */
export function GoalsPanel() {
  const [limit, setLimit] = useState(rowsAtOnce);
  const { data, error, reload, update } = useResource('goals.list', { limit });
  const [edited, setEdited] = useState(/** @type {Goal | 'new' | null} */ (null));
  const chosen = useStore(place, ({ rest }) => rest[0]);
  const isChosen = (/** @type {Goal} */ { id, name }) => chosen === String(id) || chosen === name;
  const isListed = data === null || chosen === undefined || data.some(isChosen);
  useEffect(() => {
    if (!isListed && data.length >= limit) setLimit(mostRows);
  }, [isListed, data]);
  const show = (/** @type {Goal} */ changed) =>
    update((goals) => goals.map((each) => (each.id === changed.id ? changed : each)));
  const list =
    data === null
      ? error === null
        ? html`<${Loading} />`
        : html`<${Problem} problem=${error} retry=${reload} />`
      : data.length === 0
        ? html`<${Empty}
            title="No goal yet"
            action=${html`<${Button} kind="primary" onClick=${() => setEdited('new')}>Add a goal<//>`}
            >A goal runs by the clock: a prompt for an agent, or a line for the pipe, such as a report every
            weekday at nine. A command may decide whether it is done.<//
          >`
        : html`<ul class="grow scrolls">
            ${data.map((goal) => html`<${GoalRow} key=${goal.id} goal=${goal} isChosen=${isChosen(goal)} onShow=${show} onReload=${reload} onEdit=${() => setEdited(goal)} />`)}
            ${
              data.length < limit || limit >= mostRows
                ? null
                : html`<li class="decision">
                    <${Button} onClick=${() => setLimit(Math.min(mostRows, limit * 3))}>Show more<//>
                  </li>`
            }
          </ul>`;
  return html`<section class="panel is-tall" aria-label="Goals">
    <div class="panel-head">
      <h1>Goals</h1>
      ${data?.length === 0 ? null : html`<div class="end"><${Button} onClick=${() => setEdited('new')}>Add a goal<//></div>`}
    </div>
    ${isListed || data.length >= limit ? null : html`<p class="soft" role="status">There is no goal ${chosen} (any more).</p>`}
    ${list}
    ${
      edited === null
        ? null
        : html`<${GoalForm}
            goal=${edited === 'new' ? null : edited}
            onClose=${() => setEdited(null)}
            onSaved=${reload}
          />`
    }
  </section>`;
}
