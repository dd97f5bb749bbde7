import { eventKey } from '../lib/wire/event-key.ts';
import type { Tx } from '../lib/store/store.ts';
import type { ComposedEvent } from './compose.ts';

/** A task that waits for its first run, and has been handed to no other one. */
const waits = `task.state = 'queued' AND task.attempts = 0 AND task.steered_into IS NULL`;

/** Gives a waiting message its new words. Says whether it waits, has gone on, or is not recorded yet. */
export async function amendWaiting(
  tx: Tx,
  { dedupKey, payload }: ComposedEvent,
): Promise<'amended' | 'under way' | 'unknown'> {
  const { rows } = await tx.query<{ known: boolean; amended: boolean }>({
    name: 'discord-amend-waiting',
    text: `WITH event AS (SELECT id FROM events WHERE dedup_key = $1),
                amended AS (
                  UPDATE tasks AS task SET prompt = $2 FROM event WHERE task.event_id = event.id AND ${waits}
                  RETURNING task.event_id),
                kept AS (UPDATE events SET payload = $3 FROM amended WHERE events.id = amended.event_id)
           SELECT EXISTS (SELECT FROM event) AS known, EXISTS (SELECT FROM amended) AS amended`,
    values: [eventKey('discord', dedupKey), String(payload['text']), JSON.stringify(payload)],
  });
  const { known = false, amended = false } = rows[0] ?? {};
  return amended ? 'amended' : known ? 'under way' : 'unknown';
}

/** The task that waits for a message; null where it has gone on or needed none, undefined where it is not recorded yet. */
export async function waitingTask(tx: Tx, dedupKey: string): Promise<number | null | undefined> {
  const { rows } = await tx.query<{ taskId: number | null }>({
    name: 'discord-waiting-task',
    text: `SELECT task.id AS "taskId" FROM events LEFT JOIN tasks AS task ON task.event_id = events.id AND ${waits}
            WHERE events.dedup_key = $1`,
    values: [eventKey('discord', dedupKey)],
  });
  return rows[0]?.taskId;
}
