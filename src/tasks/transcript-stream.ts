import type { TaskFacts } from './facts.ts';
import type { Transcript, TranscriptEntry } from './run/transcript.ts';
import type { Bus } from '../lib/bus.ts';
import type { Store } from '../lib/store/store.ts';
import { findTask } from './rows/list-tasks.ts';
import { findTranscripts } from './rows/transcripts.ts';
import { NotFoundError } from '../lib/errors.ts';

/** What one attempt did. `recordedAt` is ISO 8601, and null while it still runs. */
export interface AttemptTranscript {
  attempt: number;
  recordedAt: string | null;
  entries: readonly TranscriptEntry[];
  /** Entries that were left out between the beginning and the end. */
  omitted: number;
}

/** What a task did, attempt by attempt; the last one may still run. */
export interface TaskTranscript {
  taskId: number;
  state: string;
  attempts: readonly AttemptTranscript[];
}

/** A message to a follower of a task: all so far, then what comes, `ended` last. */
export type TranscriptMessage =
  | { type: 'transcript'; transcript: TaskTranscript }
  | { type: 'entries'; attempt: number; entries: readonly TranscriptEntry[] }
  | { type: 'ended'; state: string };

export interface TranscriptDeps {
  store: Pick<Store, 'query'>;
  bus: Pick<Bus<TaskFacts>, 'on'>;
  /** What a task that runs here has done so far. */
  live: (taskId: number) => { attempt: number; transcript: Transcript } | undefined;
}

/** How often a task may move on while it is being read. */
const maxReads = 5;

/** The transcript of a task, live while it runs. Rejects with a `NotFoundError` where there is no such task. */
export async function taskTranscript(
  { store, live }: Pick<TranscriptDeps, 'store' | 'live'>,
  taskId: number,
): Promise<TaskTranscript> {
  for (let read = 1; ; read++) {
    const before = live(taskId)?.attempt;
    const task = await findTask(store, taskId);
    if (task === undefined) throw new NotFoundError(`there is no task ${taskId}`);
    const stored = await findTranscripts(store, taskId);
    const now = live(taskId);
    // An attempt that ended in between may be in neither.
    if (before !== now?.attempt && read < maxReads) continue;
    const attempts = stored
      .filter(({ attempt }) => attempt !== now?.attempt)
      .map(({ recordedAt, ...rest }) => ({ ...rest, recordedAt: recordedAt.toISOString() }));
    return { taskId, state: task.state, attempts: [...attempts, ...liveAttempt(now)] };
  }
}

/**
 * Tells `send` the transcript of a task and, as long as it runs or waits, what it does from then on: no entry is left
 * out and none comes twice. Resolves to the function that stops it.
 */
export async function followTranscript(
  deps: TranscriptDeps,
  taskId: number,
  send: (message: TranscriptMessage) => void,
): Promise<() => void> {
  const transcript = await taskTranscript(deps, taskId);
  // From here to the last `on` nothing else runs: what is live now is all that was told before.
  const live = deps.live(taskId);
  const recorded = transcript.attempts.filter(({ recordedAt }) => recordedAt !== null);
  const attempts = live === undefined ? transcript.attempts : [...recorded, ...liveAttempt(live)];
  send({ type: 'transcript', transcript: { ...transcript, attempts } });
  if (transcript.state !== 'queued' && transcript.state !== 'running') {
    send({ type: 'ended', state: transcript.state });
    return () => {};
  }
  const stops = [
    deps.bus.on('task.noted', ({ taskId: id, attempt, entries }) => {
      if (id === taskId) send({ type: 'entries', attempt, entries });
    }),
    deps.bus.on('task.ended', ({ taskId: id, state }) => {
      if (id === taskId) send({ type: 'ended', state });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function liveAttempt(live: ReturnType<TranscriptDeps['live']>): AttemptTranscript[] {
  if (live === undefined) return [];
  const { head, tail, omitted } = live.transcript;
  return [{ attempt: live.attempt, recordedAt: null, entries: [...head, ...tail], omitted }];
}
