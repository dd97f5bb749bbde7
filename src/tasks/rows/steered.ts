import type { Store } from '../../lib/store/store.ts';
import { isDue } from './is-due.ts';
import type { ClaimedTask } from './claim.ts';

/** A queued message whose conversation has a running task. */
export interface WaitingMessage {
  id: number;
  eventId: number;
  priority: number;
  source: string;
  category: string;
  prompt: string;
}

/** A message that was handed to a task, as it stands after the task was recorded. */
export interface SettledMessage {
  id: number;
  eventId: number;
  state: 'done' | 'cancelled' | 'queued';
}

/** The same with whether its reply is to be sent somewhere. */
interface JustSettled extends SettledMessage {
  repliesTo: boolean;
}

/** Messages handed over with one statement. */
const maxMessages = 20;

/** The messages that wait for the conversation of a running task and were never tried, oldest first. */
export async function findWaiting(
  store: Pick<Store, 'query'>,
  { host, handed, now }: { host: ClaimedTask; handed: readonly number[]; now: Date },
): Promise<WaitingMessage[]> {
  const { rows } = await store.query<WaitingMessage>({
    name: 'tasks-find-waiting',
    text: `SELECT id, event_id AS "eventId", priority, source, category, prompt FROM tasks
            WHERE conversation = $1 AND state = 'queued' AND attempts = 0 AND NOT in_doubt AND ${isDue('$2')}
              AND (steered_into IS NULL OR steered_into = $3) AND NOT id = ANY ($4::bigint[])
            ORDER BY id LIMIT ${maxMessages}`,
    values: [host.conversation, now, host.id, handed],
  });
  return rows;
}

/** Gives queued messages to a running task, as long as that attempt runs; returns the ids of those that it got. */
export async function markSteered(
  store: Pick<Store, 'query'>,
  { id, worker, attempt }: ClaimedTask,
  ids: readonly number[],
): Promise<number[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'tasks-mark-steered',
    text: `UPDATE tasks SET steered_into = $1, progress = 'handed to task ' || $1::text
            WHERE id = ANY ($4::bigint[]) AND state = 'queued'
              AND EXISTS (SELECT FROM tasks AS host
                           WHERE host.id = $1 AND host.worker = $2 AND host.attempts = $3 AND host.state = 'running')
        RETURNING id`,
    values: [id, worker, attempt, ids],
  });
  return rows.map((row) => row.id);
}

/** How the task ended into which messages were steered. */
export interface HostEnd {
  hostId: number;
  /** The messages that end with it. */
  ended: readonly number[];
  state: 'done' | 'cancelled';
  /** The reply, which is theirs too. */
  reply: string;
  now: Date;
}

/**
 * Settles the messages that were handed to a task, in the transaction that records its end: those in `ended` end with
 * it, the others wait for a run of their own, as if nothing had been.
 */
export async function settleSteered(
  tx: Pick<Store, 'query'>,
  { hostId, ended, state, reply, now }: HostEnd,
): Promise<JustSettled[]> {
  const { rows } = await tx.query<JustSettled>({
    name: 'tasks-settle-steered',
    text: `WITH settled AS (
             UPDATE tasks
                SET state = CASE WHEN id = ANY ($2::bigint[]) THEN $3 ELSE state END,
                    outcome = CASE WHEN id = ANY ($2::bigint[]) THEN $4 END,
                    reason = CASE WHEN id = ANY ($2::bigint[]) THEN $5 END,
                    reply = CASE WHEN id = ANY ($2::bigint[]) THEN $6 END,
                    finished_at = CASE WHEN id = ANY ($2::bigint[]) THEN $7::timestamptz END,
                    steered_into = CASE WHEN id = ANY ($2::bigint[]) THEN steered_into END,
                    progress = NULL
              WHERE steered_into = $1 AND state = 'queued'
          RETURNING id, event_id AS "eventId", state, reply_to IS NOT NULL AS "repliesTo"),
           ended AS (
             UPDATE events
                SET status = CASE WHEN $3 = 'done' THEN 'done' ELSE 'failed' END, reason = $5,
                    reply = CASE WHEN $3 = 'done' THEN $6 END
               FROM settled WHERE events.id = settled."eventId" AND settled.state <> 'queued')
           SELECT id, "eventId", state, "repliesTo" FROM settled ORDER BY id`,
    values: [
      hostId,
      ended,
      state,
      state === 'done' ? 'steered' : 'cancelled',
      steeredReason(hostId),
      reply,
      now,
    ],
  });
  return rows;
}

/** The messages that have ended with a task, for an end that is recorded already. */
export async function findSteered(tx: Pick<Store, 'query'>, hostId: number): Promise<SettledMessage[]> {
  const { rows } = await tx.query<SettledMessage>({
    name: 'tasks-find-steered',
    text: `SELECT id, event_id AS "eventId", state FROM tasks WHERE steered_into = $1 AND state <> 'queued' ORDER BY id`,
    values: [hostId],
  });
  return rows;
}

/** What the row and the event of a message say that ended with a task. */
export function steeredReason(hostId: number): string {
  return `steered into task ${hostId}`;
}
