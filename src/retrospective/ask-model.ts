import type { EventWriter } from '../events/event-writer.ts';
import { type EventProgress, eventOf } from '../goals/rows/event-end.ts';
import { recordLineage } from '../goals/rows/runs.ts';
import { patiently } from '../goals/run/patiently.ts';
import { readReply } from '../goals/run/result.ts';
import type { Store } from '../lib/store/store.ts';
import { SECOND } from '../lib/time.ts';
import { eventKey } from '../lib/wire/event-key.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import { type OnProgress, watchEvent } from '../goals/run/watch-event.ts';

export interface AskDeps {
  store: Store;
  writer: Pick<EventWriter, 'putAccepted'>;
  onProgress: OnProgress;
  /** Asks for the end of a task. */
  cancelTask: (taskId: number) => void;
  now: () => Date;
}

/** The source and the category of its events. */
export const retrospectiveSource = 'retrospective';

/** Longest wait between two looks, for what happens in another daemon. */
const lookMs = 10 * SECOND;

/** The key of the line by which the model is asked, and the same as events keep it. */
export function keysOf(id: number, asked: number): { dedupKey: string; key: string } {
  const dedupKey = `${retrospectiveSource}:${id}:${asked}`;
  return { dedupKey, key: eventKey(retrospectiveSource, dedupKey) };
}

/** What the model answered. */
export interface Asked {
  taskId: number | null;
  /** The JSON object that its reply ends with; undefined where it has none. */
  value: Record<string, unknown> | undefined;
  /** Why there is no reply. */
  failure: string | null;
}

/**
 * Puts the prompt into the pipe and waits for the end of its task, which has no tools: figures carry words of strangers. An
 * event that was written in a former life is waited for, and not written again. Resolves to undefined where the signal comes first;
 * its task is then asked to end, unless the daemon stops.
 */
export async function askModel(
  deps: AskDeps,
  { id, asked, prompt }: { id: number; asked: number; prompt: string },
  signal: AbortSignal,
): Promise<Asked | undefined> {
  const { dedupKey, key } = keysOf(id, asked);
  const event: NewEvent = {
    priority: 'LOW',
    source: retrospectiveSource,
    category: retrospectiveSource,
    payload: { text: prompt, dedupKey },
  };
  if ((await patiently(() => eventOf(deps.store, key), signal)) === undefined) {
    await patiently(() => recordLineage(deps.store, key, 'untrusted', deps.now()), signal);
    await patiently(() => deps.writer.putAccepted(event, dedupKey), signal);
  }
  const seen = await awaitEnd(deps, key, signal);
  return seen === undefined ? undefined : answerOf(seen);
}

function answerOf({ status, taskId, taskState, reply, reason, rule }: EventProgress): Asked {
  if (taskState === 'cancelled') return { taskId, value: undefined, failure: 'its task was cancelled' };
  if (status !== 'done')
    return {
      taskId,
      value: undefined,
      failure:
        reason ?? (status === 'dropped' ? `the rule ${rule} dropped it` : `its task ended as ${status}`),
    };
  return { taskId, value: readReply(reply ?? '').value, failure: null };
}

async function awaitEnd(deps: AskDeps, key: string, signal: AbortSignal): Promise<EventProgress | undefined> {
  const find = () =>
    patiently(() => eventOf(deps.store, key), signal).catch((thrown: unknown) => {
      if (signal.aborted) return undefined;
      throw thrown;
    });
  const end = await watchEvent<EventProgress>({ key, onProgress: deps.onProgress, find }, signal, (seen) =>
    seen !== undefined && seen.status !== 'task' ? { answer: seen } : { restMs: lookMs },
  );
  if (!signal.aborted) return end;
  const left = await find();
  if (signal.reason !== 'shutdown' && left?.taskId != null) deps.cancelTask(left.taskId);
  return undefined;
}
