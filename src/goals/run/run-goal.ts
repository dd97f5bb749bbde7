import { randomUUID } from 'node:crypto';
import type { EventWriter } from '../../events/event-writer.ts';
import type { Bus } from '../../lib/bus.ts';
import type { ListFacts } from '../../lib/operations/facts.ts';
import { rest } from '../../lib/rest.ts';
import type { Store } from '../../lib/store/store.ts';
import { SECOND } from '../../lib/time.ts';
import { eventKey } from '../../lib/wire/event-key.ts';
import type { OutboxFacts } from '../../outbox/facts.ts';
import type { ScheduleFacts } from '../../schedule/facts.ts';
import type { Fire, FireEnd } from '../../schedule/job.ts';
import { eventOf, type EventProgress } from '../rows/event-end.ts';
import { findGoal, keepState, keptState } from '../rows/goals.ts';
import { goalIdOf } from '../rows/history.ts';
import { askAgain, beginRun, changeRun, findRun, type GoalRun, recordLineage } from '../rows/runs.ts';
import { type CommandDeps, runCondition } from './command.ts';
import { eventOfRun, sourceOf, sourceOfRuns } from './event.ts';
import { type AskAgain, judgeRun, type SeenEnd } from './judge-run.ts';
import { patiently } from './patiently.ts';
import { readReply } from './result.ts';
import { settleRun, type TellOwner, type Verdict } from './settle.ts';
import { type OnProgress, watchEvent } from './watch-event.ts';

export interface RunDeps {
  store: Store;
  bus: Pick<Bus<ListFacts & OutboxFacts & ScheduleFacts>, 'emit'>;
  writer: Pick<EventWriter, 'putAccepted'>;
  commands: CommandDeps;
  /** Asks for the end of a task, whatever it is at. */
  cancelTask: (taskId: number) => void;
  onProgress: OnProgress;
  tellOwner: TellOwner;
  now: () => Date;
}

/** Longest wait between two looks at a run's event, for what happens in another daemon. */
const lookMs = 15 * SECOND;
/** A cancelled task has this long to be gone; the scheduler waits half a minute. */
const partingMs = 20 * SECOND;

/** Runs the goal of a fire: its condition, its event, its done-check, and what is told of it. */
export async function runGoal(deps: RunDeps, fire: Fire, signal: AbortSignal): Promise<FireEnd> {
  const goal = await patiently(() => findGoal(deps.store, goalIdOf(fire.jobId) ?? 0), signal);
  if (goal === undefined) return { state: 'cancelled', reason: 'the goal was removed' };
  const dedupKey = `goal:${fire.id}:${randomUUID()}`;
  const begun = { fireId: fire.id, goal, dedupKey, eventKey: eventKey(sourceOfRuns(goal), dedupKey) };
  const run = await patiently(() => beginRun(deps.store, begun), signal);
  return carryOn(deps, run, signal);
}

/** Takes up a run where its row says that it was when the daemon ended. Nothing that it has done is done twice. */
export async function resumeGoal(deps: RunDeps, fire: Fire, signal: AbortSignal): Promise<FireEnd> {
  const run = await patiently(() => findRun(deps.store, fire.id), signal);
  return run === undefined ? runGoal(deps, fire, signal) : carryOn(deps, run, signal);
}

async function carryOn(deps: RunDeps, begun: GoalRun, signal: AbortSignal): Promise<FireEnd> {
  if (begun.phase === 'ended') return endAsRecorded(begun);
  let run = begun;
  let verdict: Verdict | undefined;
  try {
    if (run.phase === 'condition') {
      const asked = await askCondition(deps, run, signal);
      if ('state' in asked) verdict = asked;
      else run = { ...run, phase: 'event', finding: asked.finding };
    }
    verdict ??= await causeAndJudge(deps, run, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    verdict = { state: 'cancelled', execution: 'cancelled', reason: 'it was ended' };
  }
  if (signal.aborted) verdict = stoppedVerdict(signal.reason);
  // At the next start it goes on from its row.
  if (signal.aborted && signal.reason === 'shutdown')
    return { state: 'cancelled', reason: 'the daemon stops; it goes on at the next start' };
  if (signal.aborted) await endTask(deps, run);
  return settleRun(deps, run, verdict);
}

/** What ended a run from outside. */
function stoppedVerdict(cause: unknown): Verdict {
  if (cause === 'timeout')
    return {
      state: 'failed',
      execution: 'failed',
      reason: 'it waited in the queue for an hour, or took longer than it may',
    };
  const reason =
    cause === 'cancel-other'
      ? 'a newer run took its place'
      : cause === 'removed'
        ? 'the goal was removed'
        : 'it was ended';
  return { state: 'cancelled', execution: 'cancelled', reason };
}

async function askCondition(
  { store, commands }: RunDeps,
  { fireId, goalId, terms }: GoalRun,
  signal: AbortSignal,
): Promise<Verdict | { finding: string | null }> {
  const { condition, name, timeoutMs } = terms;
  if (condition === null) return { finding: null };
  const state = (await patiently(() => keptState(store, goalId), signal)) ?? Buffer.alloc(0);
  const end = await runCondition(commands, { command: condition, goal: name, state, timeoutMs }, signal);
  if (signal.aborted) return { state: 'cancelled', execution: 'cancelled', reason: 'it was ended' };
  const output = end.lastWords === '' ? null : end.lastWords;
  const failure = conditionFailure(end);
  if (failure !== undefined)
    return { state: 'failed', execution: 'failed', reason: `the condition failed: ${failure}`, output };
  const finding = end.code === 0 && end.stdout.trim() !== '' ? end.stdout : null;
  await patiently(
    () =>
      store.transaction(async (tx) => {
        if (end.state !== null) await keepState(tx, goalId, end.state);
        await changeRun(tx, fireId, { phase: end.code === 0 ? 'event' : 'condition', finding, output });
      }),
    signal,
  );
  if (end.code === 0) return { finding };
  const { value, result } = readReply(end.stdout);
  return {
    state: 'done',
    execution: 'unneeded',
    reason: 'the condition found nothing to do',
    output,
    ...(value !== undefined && { result }),
  };
}

function conditionFailure(end: { problem: string | null; code: number | null; lastWords: string }) {
  if (end.problem !== null) return end.problem;
  if (end.code === 0 || end.code === 1) return undefined;
  const said = end.lastWords === '' ? '' : `: ${end.lastWords.split('\n').at(-1) ?? ''}`;
  return `it ended with status ${end.code}${said} (0 asks for the run, 1 does without)`;
}

/** Puts the event into the pipe, waits for its end, and lets the done-check judge. */
async function causeAndJudge(deps: RunDeps, run: GoalRun, signal: AbortSignal): Promise<Verdict> {
  const event = eventOfRun(run);
  const { eventKey: key } = run;
  if (run.phase === 'condition' || run.phase === 'event') {
    await patiently(async () => {
      await changeRun(deps.store, run.fireId, { phase: 'event' });
      // A line of its own is trusted as its source is; the prompt as who made the goal.
      if (run.terms.prompt !== null) await recordLineage(deps.store, key, run.terms.trust, deps.now());
    }, signal);
    await patiently(() => deps.writer.putAccepted(event, run.dedupKey), signal);
    await patiently(() => changeRun(deps.store, run.fireId, { phase: 'waiting' }), signal);
  }
  const seen = await awaitEvent(deps, run, key, signal);
  if (seen === undefined) return { state: 'cancelled', execution: 'cancelled', reason: 'it was ended' };
  const judged = await judgeRun(deps, run, seen, signal);
  if (!('again' in judged)) return judged;
  const next = await patiently(() => askAgain(deps.store, run.fireId, againOf(run, judged)), signal);
  return next === undefined
    ? { state: 'cancelled', execution: 'cancelled', reason: 'the goal was removed' }
    : causeAndJudge(deps, next, signal);
}

function againOf({ dedupKey: before, goalId, terms }: GoalRun, { again }: AskAgain) {
  const dedupKey = `${before}:again`;
  return { again, dedupKey, eventKey: eventKey(sourceOf(terms.name, goalId), dedupKey) };
}

/** Resolves to the end of the run's event; undefined where the signal came first. */
async function awaitEvent(
  deps: RunDeps,
  { fireId, terms }: GoalRun,
  key: string,
  signal: AbortSignal,
): Promise<SeenEnd | undefined> {
  let noted: number | null = null;
  let startedAt: Date | null = null;
  let isLate = false;
  const find = () => patiently(() => eventOf(deps.store, key), signal);
  return watchEvent<SeenEnd>({ key, onProgress: deps.onProgress, find }, signal, async (seen) => {
    if (seen !== undefined) {
      if (noted !== (seen.taskId ?? -1)) {
        const ids = { eventId: seen.eventId, ...(seen.taskId !== null && { taskId: seen.taskId }) };
        await patiently(() => changeRun(deps.store, fireId, ids), signal);
        noted = seen.taskId ?? -1;
      }
      if (isOver(seen, terms)) return { answer: { ...seen, isLate } };
      if (seen.taskState === 'running') startedAt ??= seen.taskStartedAt;
    }
    const leftMs = startedAt === null ? lookMs : startedAt.getTime() + terms.timeoutMs - deps.now().getTime();
    if (leftMs <= 0 && !isLate && seen?.taskId != null) {
      isLate = true;
      deps.cancelTask(seen.taskId);
    }
    return { restMs: isLate ? SECOND : Math.max(1, Math.min(lookMs, leftMs)) };
  });
}

/** A line that it wrote is not waited for beyond its recording, unless a done-check wants to see what came of it. */
function isOver({ status }: EventProgress, { prompt, doneCheck }: GoalRun['terms']): boolean {
  return status !== 'task' || (prompt === null && doneCheck === null);
}

/** Ends the task of a run that is ended itself, and waits until it is gone. */
async function endTask({ store, cancelTask, onProgress }: RunDeps, run: GoalRun): Promise<void> {
  const over = AbortSignal.timeout(partingMs);
  let asked = false;
  let eventId: number | undefined;
  while (!over.aborted) {
    const wake = new AbortController();
    const forget = onProgress({ eventKey: run.eventKey, eventId }, () => wake.abort());
    try {
      const seen = await eventOf(store, run.eventKey).catch(() => undefined);
      eventId = seen?.eventId;
      if (seen === undefined || seen.status !== 'task' || seen.taskId === null || run.terms.prompt === null)
        return;
      if (!asked) cancelTask(seen.taskId);
      asked = true;
      await rest(SECOND, AbortSignal.any([over, wake.signal]));
    } finally {
      forget();
    }
  }
}

function endAsRecorded({ execution, doneCheck, reason }: GoalRun): FireEnd {
  if (execution === 'cancelled') return { state: 'cancelled', reason: reason ?? 'it was ended' };
  const isDone =
    doneCheck === 'none' ? execution === 'done' || execution === 'unneeded' : doneCheck === 'passed';
  return isDone ? { state: 'done' } : { state: 'failed', reason: reason ?? 'it failed' };
}
