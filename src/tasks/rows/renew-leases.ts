import { storableText } from '../../lib/store/storable.ts';
import type { Store } from '../../lib/store/store.ts';

/** A task that runs here, as far as its lease is concerned. */
export interface LiveTask {
  id: number;
  attempt: number;
  progress: string;
}

export interface RenewOptions {
  worker: string;
  now: Date;
  leaseMs: number;
}

const maxProgressChars = 500;

/** Extends the leases of running tasks and stores their progress; returns the ids that are no longer this worker's. */
export async function renewLeases(
  store: Pick<Store, 'query'>,
  live: readonly LiveTask[],
  { worker, now, leaseMs }: RenewOptions,
): Promise<number[]> {
  if (live.length === 0) return [];
  const { rows } = await store.query<{ id: number }>({
    name: 'tasks-renew-leases',
    text: `UPDATE tasks
              SET lease_until = $5::timestamptz + make_interval(secs => $6 / 1000.0), progress = live.progress
             FROM unnest($1::bigint[], $2::smallint[], $3::text[]) AS live (id, attempt, progress)
            WHERE tasks.id = live.id AND attempts = live.attempt AND worker = $4 AND state = 'running'
        RETURNING tasks.id`,
    values: [
      live.map(({ id }) => id),
      live.map(({ attempt }) => attempt),
      live.map(({ progress }) => storableText(progress.slice(0, maxProgressChars))),
      worker,
      now,
      leaseMs,
    ],
  });
  const kept = new Set(rows.map(({ id }) => id));
  return live.map(({ id }) => id).filter((id) => !kept.has(id));
}
