import { durationText } from '../lib/duration-text.ts';
import type { Tx } from '../lib/store/store.ts';
import { type Priority, priorityName } from '../lib/wire/priority.ts';
import { isoInZone, offsetOf, offsetText } from '../lib/zoned-time.ts';
import type { Schedule } from '../schedule/job.ts';
import { type Goal, scheduleOf } from './rows/goals.ts';
import { lastRuns, type LastRun } from './rows/history.ts';
import { cronWords } from '../schedule/cron-words.ts';
import { nextThree, readWhen } from './when/when.ts';

/** A schedule for people and programs: one of `cron`, `every` and `at`. */
export interface ScheduleView {
  cron: string | null;
  /** A span such as `1h30m`. */
  every: string | null;
  at: Date | null;
  zone: string;
  /** What the zone is ahead of UTC now, such as `+01:00`. */
  offset: string;
  /** At most three. */
  nextRuns: Date[];
}

/** A schedule before it is saved. */
export interface Preview extends ScheduleView {
  /** The same instants by the clocks of the zone. */
  nextLocal: string[];
  /** What cron says in words, where it was cron that was written. */
  words: string | null;
  /** Sentences about what may surprise. */
  notes: string[];
}

/** A goal as lists and pages show it. */
export interface GoalView extends ScheduleView {
  id: number;
  name: string;
  /** As it was written. */
  when: string;
  /** What cron says, where it was cron that was written. */
  words: string | null;
  prompt: string | null;
  reflex: string | null;
  conversation: string | null;
  category: string;
  priority: string;
  /** Who does it; null for `agent.default`. */
  agent: string | null;
  model: string | null;
  budgetUsd: number | null;
  timeout: string;
  missed: string;
  missedWindow: string;
  missedCap: number;
  overlap: string;
  jitter: string;
  quiet: string | null;
  condition: string | null;
  doneCheck: string | Record<string, unknown> | null;
  paused: boolean;
  pausedReason: string | null;
  failuresInARow: number;
  lastSuccessAt: Date | null;
  lastRun: Omit<LastRun, 'jobId'> | null;
  /** Where it is edited: `config.json`, or null where the commands do. */
  declaredIn: 'config.json' | null;
  madeBy: string;
  trust: string;
}

/** What a schedule means, without saving anything. Throws a `UsageError` for what is not understood. */
export function previewOf(when: string, zone: string, now: Date): Preview {
  const { schedule, notes } = readWhen(when, { zone, now });
  const view = scheduleView(schedule, zone, now);
  const words = schedule.kind === 'cron' && isCron(when) ? cronWords(schedule.cron) : null;
  return { ...view, nextLocal: view.nextRuns.map((at) => isoInZone(at, zone)), words, notes };
}

/** Goals with their last runs and next instants. It rests between some, since instants cost the loop time. */
export async function goalViews(store: Tx, goals: readonly Goal[], now: Date): Promise<GoalView[]> {
  const last = await lastRuns(
    store,
    goals.map(({ id }) => id),
  );
  const views: GoalView[] = [];
  for (const [at, goal] of goals.entries()) {
    if (at % goalsAtOnce === goalsAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    views.push(goalView(goal, last.get(goal.id), now));
  }
  return views;
}

/** Whether cron was written, and not words that mean it. */
function isCron(when: string): boolean {
  return !/[a-z]{4}/i.test(when);
}

const goalsAtOnce = 20;

function goalView(goal: Goal, last: LastRun | undefined, now: Date): GoalView {
  const { id, name, prompt, reflex, conversation, category, model, budgetUsd, missed, missedCap, overlap } =
    goal;
  const { agent, quiet, condition, pausedReason, failuresInARow, lastSuccessAt, madeBy, trust } = goal;
  return {
    ...{ id, name, when: goal.spoken ?? goal.cron ?? '' },
    words: goal.cron !== null && isCron(goal.spoken ?? goal.cron) ? cronWords(goal.cron) : null,
    ...viewOfSchedule(goal, now),
    ...{
      prompt,
      reflex,
      conversation,
      category,
      priority: priorityName(goal.priority as Priority),
      agent,
      model,
      budgetUsd,
    },
    ...{
      timeout: durationText(goal.timeoutMs),
      missed,
      missedWindow: durationText(goal.missedWindowMs),
      missedCap,
    },
    ...{
      overlap,
      jitter: durationText(goal.jitterMs),
      quiet,
      condition,
      doneCheck: goal.doneCheck ?? goal.doneSchema,
    },
    ...{ paused: !goal.enabled, pausedReason, failuresInARow, lastSuccessAt, lastRun: lastRunOf(last) },
    ...{ declaredIn: goal.declaredBy === null ? null : 'config.json', madeBy, trust },
  };
}

function lastRunOf(last: LastRun | undefined): GoalView['lastRun'] {
  if (last === undefined) return null;
  return withoutJob(last);
}

function withoutJob({ jobId: _, ...run }: LastRun): Omit<LastRun, 'jobId'> {
  return run;
}

/** A row that another version has written may have a schedule that this one cannot read: it is never due. */
function viewOfSchedule(goal: Goal, now: Date): ScheduleView {
  try {
    return scheduleView(scheduleOf(goal), goal.timeZone, now);
  } catch {
    return { cron: goal.cron, every: null, at: goal.dueAt, zone: goal.timeZone, offset: '?', nextRuns: [] };
  }
}

function scheduleView(schedule: Schedule, zone: string, now: Date): ScheduleView {
  return {
    cron: schedule.kind === 'cron' ? schedule.cron : null,
    every: schedule.kind === 'every' ? durationText(schedule.everyMs) : null,
    at: schedule.kind === 'at' ? schedule.at : null,
    zone,
    offset: offsetText(offsetOf(zone, now)),
    nextRuns: nextThree(schedule, now),
  };
}
