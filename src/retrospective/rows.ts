import type { Tx } from '../lib/store/store.ts';
import type { Compared } from '../metrics/measure.ts';
import type { Admission } from '../wishes/admit.ts';
import type { PromiseVerdict } from '../wishes/promises.ts';

/** One look back. */
export interface Retrospective {
  id: number;
  state: 'running' | 'completed' | 'failed';
  byHand: boolean;
  fireId: number;
  from: Date;
  until: Date;
  figures: Compared[];
  /** How often the model was asked. */
  asked: number;
  taskId: number | null;
  costUsd: number;
  proposals: Admission[];
  promises: PromiseVerdict[];
  reason: string | null;
  startedAt: Date;
  endedAt: Date | null;
}

const columns = `id, state, by_hand AS "byHand", fire_id AS "fireId", period_from AS "from", period_until AS "until", figures, asked,
  task_id AS "taskId", cost_usd::float8 AS "costUsd", proposals, promises, reason, started_at AS "startedAt", ended_at AS "endedAt"`;

/** Begins the retrospective of a fire, or finds the one that it has begun in a former life. */
export async function beginRetrospective(
  tx: Tx,
  {
    fireId,
    byHand,
    from,
    until,
    now,
  }: Pick<Retrospective, 'fireId' | 'byHand' | 'from' | 'until'> & { now: Date },
): Promise<Retrospective> {
  // One that was left by a daemon that is gone must not stand in the way for ever.
  await tx.query({
    name: 'retrospectives-give-up',
    text: `UPDATE retrospectives SET state = 'failed', reason = 'the daemon ended meanwhile', ended_at = $2
            WHERE state = 'running' AND fire_id <> $1`,
    values: [fireId, now],
  });
  await tx.query({
    name: 'retrospectives-begin',
    text: `INSERT INTO retrospectives (by_hand, fire_id, period_from, period_until, started_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT ON CONSTRAINT retrospectives_fire_key DO NOTHING`,
    values: [byHand, fireId, from, until, now],
  });
  return (await retrospectiveOf(tx, fireId)) as Retrospective;
}

/** The retrospective of a fire. */
export async function retrospectiveOf(store: Tx, fireId: number): Promise<Retrospective | undefined> {
  const { rows } = await store.query<Retrospective>({
    name: 'retrospectives-of-fire',
    text: `SELECT ${columns} FROM retrospectives WHERE fire_id = $1`,
    values: [fireId],
  });
  return rows[0];
}

/** The newest ones. */
export async function listRetrospectives(
  store: Tx,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<Retrospective[]> {
  const { rows } = await store.query<Retrospective>({
    name: 'retrospectives-list',
    text: `SELECT ${columns} FROM retrospectives WHERE ($1::bigint IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
    values: [before ?? null, limit],
  });
  return rows;
}

/** The last one that was completed. */
export async function lastCompleted(
  store: Tx,
): Promise<Pick<Retrospective, 'until' | 'endedAt'> | undefined> {
  const { rows } = await store.query<Pick<Retrospective, 'until' | 'endedAt'>>({
    name: 'retrospectives-last',
    text: `SELECT period_until AS "until", ended_at AS "endedAt" FROM retrospectives WHERE state = 'completed'
            ORDER BY ended_at DESC LIMIT 1`,
  });
  return rows[0];
}

/** When the first event came that is still kept. */
export async function firstEventAt(store: Tx): Promise<Date | null> {
  const { rows } = await store.query<{ at: Date | null }>({
    name: 'retrospectives-first-event',
    text: 'SELECT min(received_at) AS at FROM events',
  });
  return rows[0]?.at ?? null;
}

/** Writes down what has come of it so far. */
export async function noteRetrospective(
  tx: Tx,
  id: number,
  { figures, asked, taskId }: { figures?: Compared[]; asked?: number; taskId?: number | null },
): Promise<void> {
  await tx.query({
    name: 'retrospectives-note',
    text: `UPDATE retrospectives SET figures = coalesce($2, figures), asked = coalesce($3, asked), task_id = coalesce($4, task_id)
            WHERE id = $1 AND state = 'running'`,
    values: [id, figures === undefined ? null : JSON.stringify(figures), asked ?? null, taskId ?? null],
  });
}

/** Ends it; resolves to false where it had ended already. */
export async function endRetrospective(
  tx: Tx,
  id: number,
  {
    state,
    reason,
    proposals = [],
    promises = [],
    keys,
    now,
  }: {
    state: 'completed' | 'failed';
    reason?: string | undefined;
    proposals?: readonly Admission[];
    promises?: readonly PromiseVerdict[];
    /** The keys of the events by which the model was asked. */
    keys: readonly string[];
    now: Date;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'retrospectives-end',
    text: `UPDATE retrospectives SET state = $2, reason = $3, proposals = $4, promises = $5, ended_at = $6,
                  cost_usd = coalesce((SELECT sum(task_costs.cost_usd) FROM task_costs
                                        JOIN tasks ON tasks.id = task_costs.task_id
                                        JOIN events ON events.id = tasks.event_id
                                       WHERE events.dedup_key = ANY ($7::text[])), 0)
            WHERE id = $1 AND state = 'running'`,
    values: [id, state, reason ?? null, JSON.stringify(proposals), JSON.stringify(promises), now, keys],
  });
  return rowCount === 1;
}
