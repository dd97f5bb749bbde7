import type { Tx } from '../../lib/store/store.ts';

/** What only the store knows of queues and tasks. */
export interface QueueFigures {
  tasksQueued: number;
  tasksOldestMs: number;
  deliveriesOldestMs: number;
  /** Tasks that have ended since the last sample, how long they waited and how long they ran; means are null where none did. */
  tasksEnded: number;
  taskWaitMeanMs: number | null;
  taskRunMeanMs: number | null;
}

/** Asks the store; each part is served by an index of open or newly ended rows. */
export async function readQueueFigures(
  store: Tx,
  { since, now }: { since: Date; now: Date },
): Promise<QueueFigures> {
  const { rows } = await store.query<QueueFigures>({
    name: 'self-queues',
    text: `WITH queued AS (
             SELECT count(*)::int AS number, min(queued_at) AS oldest FROM tasks WHERE state = 'queued'),
           waiting AS (
             SELECT min(created_at) AS oldest FROM deliveries WHERE state = 'pending'),
           ended AS (
             SELECT count(*)::int AS number,
                    avg(extract(epoch FROM started_at - queued_at) * 1000) AS waited,
                    avg(extract(epoch FROM finished_at - started_at) * 1000) AS ran
               FROM tasks WHERE finished_at > $1 AND finished_at <= $2)
           SELECT queued.number AS "tasksQueued",
                  coalesce(greatest(0, extract(epoch FROM $2 - queued.oldest) * 1000), 0)::float8 AS "tasksOldestMs",
                  coalesce(greatest(0, extract(epoch FROM $2 - waiting.oldest) * 1000), 0)::float8 AS "deliveriesOldestMs",
                  ended.number AS "tasksEnded",
                  round(ended.waited)::float8 AS "taskWaitMeanMs", round(ended.ran)::float8 AS "taskRunMeanMs"
             FROM queued, waiting, ended`,
    values: [since, now],
  });
  return rows[0] as QueueFigures;
}
