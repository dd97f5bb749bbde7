import { Button, Empty, Loading, Problem, State } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { html, useEffect } from '../../view.js';

/** @typedef {import('../../../../src/lib/dashboard/protocol/decisions.ts').Goal} Goal */

/** What runs by the clock. @param {{ version: number }} props */
export function Goals({ version }) {
  const { data, error, reload, update } = useResource('goals.list', {});
  useEffect(() => {
    if (version > 0) reload();
  }, [version]);
  const pause = async (/** @type {Goal} */ goal, /** @type {boolean} */ paused) => {
    update((goals) => goals.map((each) => (each.id === goal.id ? { ...each, enabled: !paused } : each)));
    await act(
      'goal.pause',
      { id: goal.id, paused },
      {
        says: paused ? `“${goal.name}” is paused.` : `“${goal.name}” goes on.`,
        undo: reload,
        action: { label: 'Undo', run: () => void pause(goal, !paused) },
      },
    );
    reload();
  };
  const run = (/** @type {Goal} */ goal) =>
    void act('goal.run', { id: goal.id }, { says: ({ message }) => message });
  if (data === null)
    return error === null ? html`<${Loading} />` : html`<${Problem} problem=${error} retry=${reload} />`;
  if (data.length === 0)
    return html`<${Empty} title="No goal yet"
      >A goal is a prompt or a reflex with a schedule, such as a report every morning at seven. Make one with
      <code>ninjad goals</code>.<//
    >`;
  return html`<ul class="grow scrolls">
    ${data.map((goal) => html`<${GoalRow} key=${goal.id} goal=${goal} onPause=${pause} onRun=${run} />`)}
  </ul>`;
}

/** @param {{ goal: Goal, onPause: (goal: Goal, paused: boolean) => Promise<void>, onRun: (goal: Goal) => void }} props */
function GoalRow({ goal, onPause, onRun }) {
  return html`<li class="decision">
    <div class="decision-head">
      <${State} state=${goal.enabled ? 'ready' : 'degraded'} word=${goal.enabled ? 'on' : 'paused'} />
      <b class="grow">${goal.name}</b>
      <div class="end">
        <${Button} onClick=${() => onRun(goal)}>Run now<//>
        <${Button} onClick=${() => void onPause(goal, goal.enabled)}>${goal.enabled ? 'Pause' : 'Go on'}<//>
      </div>
    </div>
    <p class="wish-text">${goal.prompt ?? `/${goal.reflex ?? ''}`}</p>
    <p class="soft small">
      <code>${goal.schedule}</code> in ${goal.timeZone} · next <${Time} at=${goal.nextRunAt} none="never" /> ·
      last <${Time} at=${goal.lastRunAt} none="never" />
      ${goal.failuresInARow === 0 ? null : html` · <span class="state is-pink">${plural(goal.failuresInARow, 'failure')} in a row</span>`}
      ${goal.pausedReason === null ? null : html` · ${goal.pausedReason}`}
    </p>
  </li>`;
}
