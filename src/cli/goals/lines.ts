import type { Answers } from '../../operations.ts';
import { paint, paintState } from '../paint.ts';
import { tableLines } from '../print.ts';
import { oneLine, printable } from '../printable.ts';
import { money, relativeTime } from '../units.ts';

type Goal = Answers['goal.named'];
type HistoryRow = Answers['goal.history']['items'][number];
type Fire = Answers['goal.fire'];

/** A preview of a schedule: cron or span or instant, zone, three instants, and what is odd. */
export function previewLines({
  cron,
  every,
  at,
  zone,
  offset,
  nextLocal,
  words,
  notes,
}: Answers['goals.preview']): string[] {
  return [
    ...(cron === null ? [] : [`cron   ${cron}`]),
    ...(every === null ? [] : [`every  ${every}`]),
    ...(at === null ? [] : [`at     ${at}`]),
    ...(words === null ? [] : [`means  ${words}`]),
    `zone   ${zone} (now ${offset})`,
    ...nextLocal.map((instant, index) => `${index === 0 ? 'next ' : '     '}  ${instant}`),
    ...notes.map((note) => paint('yellow', `note   ${note}`)),
  ];
}

/** A table of goals. */
export function goalTable(goals: readonly Goal[], now: number): string[] {
  const columns = ['name', 'state', 'when', 'next', 'last', 'last success', 'does'].map((title) => ({
    title,
  }));
  return tableLines(
    columns,
    goals.map((goal) => [
      oneLine(goal.name) + (goal.declaredIn === null ? '' : paint('dim', ` (${goal.declaredIn})`)),
      goal.paused ? paint('yellow', 'paused') : paint('green', 'on'),
      oneLine(goal.when),
      goal.nextRuns[0] === undefined || goal.paused
        ? 'never'
        : relativeTime(Date.parse(goal.nextRuns[0]), now),
      goal.lastRun === null
        ? 'never'
        : `${paintState(goal.lastRun.state)} ${relativeTime(Date.parse(goal.lastRun.nominalAt), now)}`,
      goal.lastSuccessAt === null ? 'never' : relativeTime(Date.parse(goal.lastSuccessAt), now),
      oneLine(goal.prompt ?? goal.reflex ?? ''),
    ]),
  );
}

/** All about one goal. */
export function goalLines(goal: Goal, now: number): string[] {
  const { lastRun } = goal;
  const field = (name: string, value: string | null): string[] =>
    value === null || value === '' ? [] : [`${name.padEnd(14)}${value}`];
  return [
    `${paint('bold', oneLine(goal.name))}  ${goal.paused ? paint('yellow', 'paused') : paint('green', 'on')}`,
    ...field('paused since', goal.pausedReason === null ? null : oneLine(goal.pausedReason)),
    ...field('declared in', goal.declaredIn),
    ...field('when', oneLine(goal.when)),
    ...field('cron', goal.cron),
    ...field('every', goal.every),
    ...field('at', goal.at),
    ...field('zone', `${goal.zone} (now ${goal.offset})`),
    ...field('next', goal.nextRuns.join(', ')),
    ...field('prompt', goal.prompt === null ? null : printable(goal.prompt)),
    ...field('reflex', goal.reflex === null ? null : oneLine(goal.reflex)),
    ...field('condition', goal.condition === null ? null : oneLine(goal.condition)),
    ...field(
      'done-check',
      goal.doneCheck === null
        ? null
        : oneLine(typeof goal.doneCheck === 'string' ? goal.doneCheck : JSON.stringify(goal.doneCheck)),
    ),
    ...field('conversation', goal.conversation === null ? null : oneLine(goal.conversation)),
    ...field('category', `${goal.category}, ${goal.priority}`),
    ...field('agent', goal.agent),
    ...field('model', goal.model === null ? null : oneLine(goal.model)),
    ...field('budget', goal.budgetUsd === null ? null : `${money(goal.budgetUsd)} a run`),
    ...field('timeout', `${goal.timeout} a run`),
    ...field('missed', goal.missed === 'skip' ? 'skip' : `${goal.missed}, up to ${goal.missedWindow} old`),
    ...field('overlap', goal.overlap),
    ...field('quiet', goal.quiet),
    ...field('made by', `${goal.madeBy}, trusted as ${goal.trust}`),
    ...field(
      'last run',
      lastRun === null
        ? 'never'
        : [
            `${paintState(lastRun.state)} ${relativeTime(Date.parse(lastRun.nominalAt), now)}`,
            `done-check ${lastRun.doneCheck}`,
            `delivery ${lastRun.delivery}`,
            ...(lastRun.reason === null ? [] : [oneLine(lastRun.reason)]),
          ].join(', '),
    ),
    ...field(
      'last success',
      goal.lastSuccessAt === null ? 'never' : relativeTime(Date.parse(goal.lastSuccessAt), now),
    ),
    ...field('failures', goal.failuresInARow === 0 ? null : `${goal.failuresInARow} in a row`),
  ];
}

/** The fires of a goal, newest first. */
export function historyTable(rows: readonly HistoryRow[]): string[] {
  const columns = ['instant', 'state', 'done-check', 'delivery', 'reason'].map((title) => ({ title }));
  return tableLines(
    columns,
    rows.map(({ nominalAt, state, doneCheck, delivery, reason, result }) => [
      nominalAt,
      paintState(state),
      doneCheck,
      delivery,
      oneLine(reason ?? result?.text ?? ''),
    ]),
  );
}

/** How one run went. */
export function runLines({ state, execution, doneCheck, delivery, reason, result, output }: Fire): string[] {
  return [
    `${paintState(state)}  execution ${execution}, done-check ${doneCheck}, delivery ${delivery}`,
    ...(reason === null ? [] : [oneLine(reason)]),
    ...(result === null || result.text === '' ? [] : [printable(result.text)]),
    ...(output === null || state === 'done' ? [] : [paint('dim', printable(output))]),
  ];
}
