import type { z } from 'zod';
import type { EventSummary, TaskDetail, TaskSummary } from '../../control/api.ts';
import type { SettingView } from '../../config/live-settings.ts';
import type { Status } from '../../control/status.ts';
import type { TranscriptEntry } from '../../agent/transcript.ts';
import type { Notice } from '../../control/notice.ts';

/** A page of a list, newest first; `next` is what `before` has to be for the following one, null on the last. */
export interface Page<Item> {
  items: Item[];
  next: number | null;
}

/** What a page has to know before it draws anything. */
export interface Hello {
  version: string;
  /** Epoch milliseconds of the daemon's clock and of its start; another `startedAt` means another life of the daemon. */
  now: number;
  startedAt: number;
  /** The zone in which days and months of the spend caps turn. */
  timeZone: string;
  /** Node and operating system, for bug reports. */
  platform: string;
}

/** The pulse, at most two a second. */
export interface Now {
  /** Epoch milliseconds. */
  at: number;
  status: Status;
  /** Accepted lines a second since the pulse before. */
  eventsPerSecond: number;
  running: RunningTask[];
  /** What only the owner can do something about. */
  waiting: { wishes: number; findings: number; deadLetters: number; unread: number; notices: number };
  /** The newest notices that were not seen, two at most. */
  notices: Notice[];
  /** How the last tasks ended: the newest one, and how many were done or failed one after the other. */
  lately: {
    lastEnded: { taskId: number; state: string; at: number } | null;
    doneInARow: number;
    failedInARow: number;
    failedLastHour: number;
  };
}

/** A task in a lane. */
export interface RunningTask {
  taskId: number;
  conversation: string | null;
  /** The first 60 characters of what it is about. */
  text: string;
  progress: string | null;
}

/** The pulses of the last quarter of an hour as columns of equal length; null where nothing was measured. */
export interface NowHistory {
  intervalMs: number;
  /** Epoch milliseconds of each column. */
  at: number[];
  depth: Array<number | null>;
  eventsPerSecond: Array<number | null>;
  running: Array<number | null>;
  queued: Array<number | null>;
  loopP99Ms: Array<number | null>;
  todayUsd: Array<number | null>;
  failed: Array<number | null>;
}

/** An event with all its text, which is cut at 100,000 characters. */
export interface EventDetail extends EventSummary {
  payload: string;
  reply: string | null;
  taskId: number | null;
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

/** Everything about a task. */
export interface TaskPage {
  task: Omit<TaskDetail, 'memories'>;
  memories: GivenMemory[];
  attempts: Array<{ attempt: number; recordedAt: string; omitted: number; entries: TranscriptEntry[] }>;
  costs: Array<{ at: string; model: string; costUsd: number; inputTokens: number; outputTokens: number }>;
  /** Its processes now; empty when it does not run here. */
  processes: Array<{ pid: number; command: string; rssBytes: number | null }>;
  /** The reply as far as it is written, while it runs; see `TaskText`. */
  live: { stream: string; text: string } | null;
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

/** What a running task does, besides writing. */
export type TaskStep =
  | { kind: 'progress'; at: number; text: string }
  | { kind: 'state'; at: number; state: string; reason: string | null };

/** A message of the owner and what came of it. */
export interface ChatTurn {
  /** Rises with time; `before` of the page before. */
  eventId: number;
  conversation: string;
  source: string;
  dedupKey: string | null;
  at: string;
  text: string;
  /** `done` `failed` `dropped` `dead`, or the state of its task. */
  state: string;
  /** The reply, or as much as is written (`live` is there then). */
  reply: string;
  live: { stream: string } | null;
  taskId: number | null;
  reason: string | null;
  progress: string | null;
  endedAt: string | null;
  memories: number;
  costUsd: number;
}

/** One conversation in the list, the latest first. */
export interface Conversation {
  name: string;
  /** The first 80 characters of its first message. */
  title: string;
  turns: number;
  /** Replies that ended after the owner has last read it. */
  unread: number;
  lastAt: string;
  lastText: string;
  runningTaskId: number | null;
}

/** One setting with what an editor needs. */
export interface SettingField extends SettingView {
  /** JSON Schema of its value. */
  schema: z.core.JSONSchema.BaseSchema;
  expects: string;
}

/** A line of the activity log. */
export interface Activity {
  id: number;
  at: string;
  actor: string;
  action: string;
  summary: string;
  eventId: number | null;
  taskId: number | null;
  detail: unknown;
}

export type { EventSummary, Notice, TaskSummary };
