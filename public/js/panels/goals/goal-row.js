import { Button, State, Tag } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { useShown } from '../../components/use-shown.js';
import { agentTitle } from '../../format/agents.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { addressOf } from '../../shell/routes.js';
import { html, useEffect, useState } from '../../view.js';
import { checksOf, GoalHistory } from './goal-history.js';

/** @typedef {import('./goals.js').Goal} Goal */

/**
 * A goal with what can be done to it.
 * @param {{ goal: Goal, isChosen: boolean, onShow: (goal: Goal) => void, onReload: () => void, onEdit: () => void }} props
 *   `isChosen`: the address leads to it
 */
export function GoalRow({ goal, isChosen, onShow, onReload, onEdit }) {
  const [open, setOpen] = useState(isChosen);
  const row = useShown(isChosen);
  useEffect(() => {
    if (isChosen) setOpen(true);
  }, [isChosen]);
  const pause = async (/** @type {boolean} */ paused) => {
    onShow({ ...goal, paused });
    await act(
      'goal.pause',
      { id: goal.id, paused },
      {
        says: paused ? `“${goal.name}” is paused.` : `“${goal.name}” goes on.`,
        undo: onReload,
        action: { label: 'Undo', run: () => void pause(!paused) },
      },
    );
    onReload();
  };
  const run = async () => {
    await act('goal.run', { id: goal.id }, { says: ({ message }) => message });
    setOpen(true);
  };
  const remove = async () => {
    const back = async () => {
      await act('goal.restore', { id: goal.id }, { says: `“${goal.name}” is back.` });
      onReload();
    };
    await act(
      'goal.remove',
      { id: goal.id },
      { says: `“${goal.name}” is removed.`, action: { label: 'Undo', run: () => void back() } },
    );
    onReload();
  };
  return html`<li
    ref=${row}
    class=${`decision goal${isChosen ? ' is-chosen' : ''}`}
    tabindex=${isChosen ? -1 : undefined}
    aria-current=${isChosen ? 'true' : undefined}
  >
    <div class="decision-head">
      <${State} state=${goal.paused ? 'degraded' : 'ready'} word=${goal.paused ? 'paused' : 'on'} />
      <b class="grow"><a class="plain-link" href=${addressOf('goals', [goal.id])}>${goal.name}</a></b>
      ${goal.declaredIn === null ? null : html`<${Tag} title="It is edited there">${goal.declaredIn}<//>`}
    </div>
    <div class="goal-acts">
      <${Button} kind="quiet" pressed=${open} onClick=${() => setOpen(!open)}>History<//>
      ${goal.declaredIn === null ? html`<${Button} kind="quiet" onClick=${onEdit}>Edit<//><${Button} kind="quiet" onClick=${() => void remove()}>Remove<//>` : null}
      <${Button} onClick=${() => void pause(!goal.paused)}>${goal.paused ? 'Resume' : 'Pause'}<//>
      <${Button} onClick=${() => void run()}>Run now<//>
    </div>
    <p class="wish-text">${goal.prompt ?? html`<code>${goal.reflex}</code>`}</p>
    <${GoalFacts} goal=${goal} />
    ${open ? html`<${GoalHistory} id=${goal.id} />` : null}
  </li>`;
}

/** When it is due, how it went, and what keeps it from going on. @param {{ goal: Goal }} props */
function GoalFacts({ goal }) {
  const { lastRun, nextRuns } = goal;
  return html`<p class="soft small">
      <b title=${goal.cron ?? undefined}>${goal.words ?? goal.when}</b> in ${goal.zone} (${goal.offset}) ·
      ${goal.paused ? 'nothing runs while it is paused' : html`next <${Time} at=${nextRuns[0] ?? null} none="never" />`}
      · last success
      <${Time} at=${goal.lastSuccessAt} none="never" />
      ${goal.agent === null ? null : html` · by ${agentTitle(goal.agent)}`}
      ${goal.quiet === null ? null : html` · quiet ${goal.quiet}`}
      ${goal.condition === null ? null : html` · with a condition`}
      ${goal.doneCheck === null ? null : html` · with a done-check`}
      ${goal.failuresInARow === 0 || goal.pausedReason !== null ? null : html` · <span class="state is-pink">${plural(goal.failuresInARow, 'failure')} in a row</span>`}
      ${goal.pausedReason === null ? null : html` · <span class="state is-pink">${goal.pausedReason}</span>`}
    </p>
    ${
      lastRun === null
        ? null
        : html`<p class="small goal-last">
            <${State} state=${lastRun.state} />
            <span class="soft"><${Time} at=${lastRun.nominalAt} />${checksOf(lastRun)}</span>
            ${lastRun.reason === null ? null : html`<span>${lastRun.reason}</span>`}
          </p>`
    }`;
}
