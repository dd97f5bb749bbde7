import { createHash } from 'node:crypto';
import { recordAct } from '../activity/record-act.ts';
import { ConflictError } from '../lib/errors.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import { readPayload } from '../lib/wire/parse-line.ts';
import { type Priority, priorityName } from '../lib/wire/priority.ts';
import type { EventWriter } from './event-writer.ts';
import { type EventRow, markReplayed } from './rows/search-events.ts';

/**
 * Puts a dead letter through the pipe again; resolves to a sentence about it. The key is made of the event, so
 * that it is replayed once however often it is asked for. Rejects with `ConflictError` where the event is no dead letter.
 */
export async function replayEvent(
  { store, writer, now }: { store: Store; writer: EventWriter; now: () => Date },
  caller: Caller,
  { id, status, priority, source, category, payload }: EventRow,
): Promise<string> {
  if (status !== 'dead') throw new ConflictError(`event ${id} was not given up: it is ${status}`);
  const dedupKey = await replayKey(store, id);
  const { text } = readPayload(payload);
  await writer.putAccepted(
    { priority: priorityName(priority as Priority), source, category, payload: { text, dedupKey } },
    dedupKey,
  );
  await store.transaction(async (tx) => {
    if (!(await markReplayed(tx, id, 'replayed by the owner'))) return;
    await recordAct(tx, caller, {
      at: now(),
      action: 'event.replayed',
      summary: `event ${id} was put through the pipe again`,
      eventId: id,
    });
  });
  return `event ${id} goes through the pipe again`;
}

/** A key that nobody outside can guess: its source could use it first, and the replay would pass for a duplicate. */
async function replayKey(store: Pick<Store, 'query'>, eventId: number): Promise<string> {
  const { rows } = await store.query<{ uuid: string }>({
    name: 'events-replay-key',
    text: `SELECT uuid FROM journals WHERE id = $1::bigint >> 40`,
    values: [eventId],
  });
  const home = rows[0]?.uuid ?? '';
  return `replay:${createHash('sha256').update(`${home}:${eventId}`).digest('hex').slice(0, 32)}`;
}
