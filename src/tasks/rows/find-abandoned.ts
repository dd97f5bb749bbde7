import type { Store } from '../../lib/store/store.ts';
import type { CutOff } from '../run/cut-off.ts';
import type { NotedProcess } from './note-process.ts';

/** A row that says `running` and has nobody who runs it. */
export interface AbandonedTask {
  id: number;
  eventId: number;
  conversation: string | null;
  worker: string;
  attempt: number;
  process: NotedProcess | null;
  progress: string | null;
  /** What an attempt before this one left. */
  cutOff: CutOff | null;
  /** True where a goal has caused it. */
  isGoal: boolean;
}

export interface AbandonedOptions {
  worker: string;
  /** What this worker really runs. */
  live: readonly number[];
  now: Date;
  /** Do not wait for the leases of this worker's own rows: at its start, or for these ids. */
  lost: 'all' | readonly number[];
  /** Tasks of any worker whose lease is known to have run out though this clock does not say so. */
  stale?: readonly number[];
}

/** The running rows of this worker that are lost, and everybody's whose lease has run out; at most 100, oldest first. */
export async function findAbandoned(
  store: Pick<Store, 'query'>,
  { worker, live, now, lost, stale = [] }: AbandonedOptions,
): Promise<AbandonedTask[]> {
  const { rows } = await store.query<AbandonedTask>({
    name: 'tasks-find-abandoned',
    text: `SELECT id, event_id AS "eventId", conversation, worker, attempts AS attempt, process, progress, cut_off AS "cutOff",
                  EXISTS (SELECT FROM goal_runs JOIN events ON events.dedup_key = goal_runs.event_key
                           WHERE events.id = tasks.event_id) AS "isGoal" FROM tasks
            WHERE state = 'running' AND NOT (worker = $1 AND id = ANY ($2::bigint[]))
              AND (lease_until < $3 OR id = ANY ($6::bigint[]) OR (worker = $1 AND ($4 OR id = ANY ($5::bigint[]))))
            ORDER BY id LIMIT 100`,
    values: [worker, live, now, lost === 'all', lost === 'all' ? [] : lost, stale],
  });
  return rows;
}

/** A running row whose lease ends later than a clock that says `now` could have given it. */
export interface FarLease {
  id: number;
  leaseUntil: Date;
}

/** Such rows that nobody runs here; at most 100, oldest first. */
export async function findFarLeases(
  store: Pick<Store, 'query'>,
  { worker, live, now, leaseMs }: Pick<AbandonedOptions, 'worker' | 'live' | 'now'> & { leaseMs: number },
): Promise<FarLease[]> {
  const { rows } = await store.query<FarLease>({
    name: 'tasks-find-far-leases',
    text: `SELECT id, lease_until AS "leaseUntil" FROM tasks
            WHERE state = 'running' AND NOT (worker = $1 AND id = ANY ($2::bigint[]))
              AND lease_until > $3::timestamptz + make_interval(secs => $4 / 1000.0)
            ORDER BY id LIMIT 100`,
    values: [worker, live, now, leaseMs],
  });
  return rows;
}
