import type { LiveSettings } from '../../lib/config/live-settings.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { TaskValues } from '../settings.ts';

/** How long each part of a task may take, in milliseconds. */
export interface TaskLimits {
  /** From the start of the process to its result. */
  runMs: number;
  /** Without a byte of output until the owner is told of it; a tool at work may add its own limit. Default: never told. */
  quietMs?: number;
  /** Without a byte of output; a tool at work may add its own limit. */
  silenceMs: number;
  /** From the result, or the last output after it, to the exit. */
  resultGraceMs: number;
  /** From the exit to the end of the output, which an escaped grandchild may hold open. */
  drainMs: number;
  /** From the wish to cancel, which the agent is told, to TERM. */
  interruptMs: number;
  /** From TERM to KILL. */
  killGraceMs: number;
  /** Past it the task goes on without memories. */
  recallMs: number;
  /** First pause before an outcome is recorded again; it doubles, up to 32-fold. */
  storeRetryMs: number;
  /** For handing the reply over. */
  replyMs: number;
}

const second = 1_000;
const minute = 60 * second;

/** Eleven minutes in all, silent for five at most, of which the owner hears after three. */
export const defaultTaskLimits: TaskLimits = {
  runMs: 11 * minute,
  quietMs: 3 * minute,
  silenceMs: 5 * minute,
  resultGraceMs: 10 * second,
  drainMs: 2 * second,
  interruptMs: 5 * second,
  killGraceMs: 5 * second,
  recallMs: 5 * second,
  storeRetryMs: second,
  replyMs: 10 * second,
};

/** The limits of a task of that category, as the settings say now; `runMs` is the goal's, where one has caused it. */
export function limitsFor(
  settings: Pick<LiveSettings<TaskValues>, 'get'>,
  category: string,
  runMs?: number,
): TaskLimits {
  return {
    ...defaultTaskLimits,
    runMs:
      runMs ?? ownValue(settings.get('task.timeoutMsByCategory'), category) ?? settings.get('task.timeoutMs'),
    quietMs: ownValue(settings.get('task.silenceMsByCategory'), category) ?? settings.get('task.silenceMs'),
    silenceMs: settings.get('task.noOutputMs'),
    killGraceMs: settings.get('task.killGraceMs'),
  };
}
