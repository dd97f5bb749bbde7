import { type Priority, type PriorityName, priorityName } from '../lib/wire/priority.ts';
import type { TranscriptEntry } from './run/transcript.ts';
import type { AttemptRow } from './rows/list-attempts.ts';
import type { TaskListRow, TaskRow } from './rows/list-tasks.ts';
import type { TaskCostRow } from './rows/task-page.ts';

/** A task as lists show it; money in US dollars. */
export interface TaskSummary extends Omit<TaskListRow, 'priority'> {
  priority: PriorityName;
}

/** Everything about one task. */
export interface TaskDetail extends TaskSummary, Omit<TaskRow, keyof TaskListRow | 'memories'> {
  /** The recorded attempts, first to last. */
  history: AttemptRow[];
}

/** A memory that was given to a task. */
export interface GivenMemory {
  /** `memory:<id>` or `task:<id>`. */
  id: string;
  kind: string;
  source: string | null;
  trust: string | null;
  /** Null where it is gone by now. */
  content: string | null;
  score: number | null;
}

/** Everything about a task, with its attempts from inside. */
export interface TaskPage {
  task: TaskDetail;
  memories: GivenMemory[];
  attempts: { attempt: number; recordedAt: Date; omitted: number; entries: readonly TranscriptEntry[] }[];
  costs: TaskCostRow[];
  /** Its processes now; empty when it does not run here. */
  processes: TaskProcess[];
  /** Whether its agent takes further words while it works; null where it does not run, or nobody knows yet. */
  hears: boolean | null;
  /** The reply as far as it is written, while it runs; see `TaskText`. */
  live: { stream: string; text: string } | null;
}

/** A live process of a task. */
export interface TaskProcess {
  pid: number;
  command: string;
  rssBytes: number | null;
}

/**
 * A piece of a reply. `stream` names the attempt that writes it, `offset` is how many UTF-16 units of it came before:
 * append where it equals your length, skip what you have, and ask for `task.get` where there is a gap.
 * Another `stream` starts anew.
 */
export interface TaskText {
  taskId: number;
  eventId: number;
  stream: string;
  offset: number;
  text: string;
}

/** A step of a running task, besides writing. */
export type TaskStep =
  | { kind: 'progress'; at: number; text: string }
  | { kind: 'state'; at: number; state: string; reason: string | null };

/** A task row for lists. */
export function taskSummary({ priority, ...row }: TaskListRow): TaskSummary {
  return { ...row, priority: priorityName(priority as Priority) };
}

/** A task row with its recorded attempts. */
export function taskDetail({ memories: _, ...row }: TaskRow, history: AttemptRow[]): TaskDetail {
  return { ...row, priority: priorityName(row.priority as Priority), history };
}
