import type { ProcessIdentity } from '../../process/identity.ts';
import type { Store } from '../store.ts';

/** A row that says `running` and has nobody who runs it. */
export interface AbandonedTask {
  id: number;
  eventId: number;
  conversation: string | null;
  worker: string;
  attempt: number;
  process: ProcessIdentity | null;
  progress: string | null;
}

export interface AbandonedOptions {
  worker: string;
  /** What this worker really runs. */
  live: readonly number[];
  now: Date;
  /** Do not wait for the leases of this worker's own rows: at its start, or for these ids. */
  lost: 'all' | readonly number[];
}

/** The running rows of this worker that are lost, and everybody's whose lease has run out; at most 100, oldest first. */
export async function findAbandoned(
  store: Pick<Store, 'query'>,
  { worker, live, now, lost }: AbandonedOptions,
): Promise<AbandonedTask[]> {
  const { rows } = await store.query<AbandonedTask>({
    name: 'tasks-find-abandoned',
    text: `SELECT id, event_id AS "eventId", conversation, worker, attempts AS attempt, process, progress FROM tasks
            WHERE state = 'running' AND NOT (worker = $1 AND id = ANY ($2::bigint[]))
              AND (lease_until < $3 OR (worker = $1 AND ($4 OR id = ANY ($5::bigint[]))))
            ORDER BY id LIMIT 100`,
    values: [worker, live, now, lost === 'all', lost === 'all' ? [] : lost],
  });
  return rows;
}
