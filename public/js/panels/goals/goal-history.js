import { Loading, Problem, State } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['goal.history']['items'][number]} Run */

const shownRuns = 20;

/** The last runs of a goal, those that were missed among them, and why they failed. @param {{ id: number }} props */
export function GoalHistory({ id }) {
  const { data, error, reload } = useResource('goal.history', { id, limit: shownRuns }, 'goals.list');
  if (data === null)
    return error === null
      ? html`<${Loading} rows=${2} />`
      : html`<${Problem} problem=${error} retry=${reload} />`;
  if (data.items.length === 0) return html`<p class="soft small">It has never run.</p>`;
  return html`<ol class="goal-history" aria-label="Its last runs">
    ${data.items.map((run) => html`<${RunRow} key=${run.id} run=${run} />`)}
  </ol>`;
}

/** @type {Readonly<Record<string, string>>} */
const toldWords = {
  told: 'you were told',
  held: 'you are told when the quiet hours end',
  failed: 'you could not be told',
};

/** What its done-check said and whether the owner was told, where there was either. @param {Pick<Run, 'doneCheck' | 'delivery'>} run */
export function checksOf({ doneCheck, delivery }) {
  const told = toldWords[delivery];
  return `${doneCheck === 'none' ? '' : ` · done-check ${doneCheck}`}${told === undefined ? '' : ` · ${told}`}`;
}

/** @param {{ run: Run }} props */
function RunRow({ run }) {
  const { state, nominalAt, byHand, doneCheck, delivery, reason, result, output, taskId } = run;
  return html`<li class="small">
    <${State} state=${state === 'missed' ? 'dropped' : state} word=${state} />
    <span class="soft"
      ><${Time} at=${nominalAt} />${byHand ? ' by hand' : ''}${checksOf({ doneCheck, delivery })}</span
    >
    ${taskId === null ? null : html`<a href=${addressOf('tasks', [taskId])}>task ${taskId}</a>`}
    ${reason === null ? null : html`<p>${reason}</p>`}
    ${result === null || result.text === '' ? null : html`<p class="soft wish-text">${result.text}</p>`}
    ${output === null || state === 'done' ? null : html`<pre class="goal-output">${output}</pre>`}
  </li>`;
}
