import type { Store, Tx } from '../../lib/store/store.ts';
import type { Missed } from '../plan.ts';
import { moveCursors } from './cursors.ts';
import { decideOverlaps, fireKey, type OpenFire, type OverlapRequest } from '../overlap.ts';

/** An instant that is to be claimed. */
export interface ClaimRequest extends OverlapRequest {
  kind: string;
  dueAt: Date;
  byHand: boolean;
}

/** What a tick has decided about the instants of some jobs. */
export interface ClaimOrder {
  worker: string;
  now: Date;
  /** Cursors beyond it were left by a clock that was ahead. */
  latest: Date;
  claims: readonly ClaimRequest[];
  missed: readonly (Missed & { jobId: string; kind: string })[];
  cursors: readonly { jobId: string; consideredUntil: Date }[];
}

/** A fire that is this worker's now, and open fires of the same job at other daemons, for whose end it waits. */
export interface ClaimedFire {
  id: number;
  jobId: string;
  nominalAt: Date;
  dueAt: Date;
  byHand: boolean;
  awaited: number[];
}

/** What came of an order. */
export interface ClaimResult {
  claimed: ClaimedFire[];
  /** Fires that were written down as not to be run, with the reason. */
  skipped: { id: number; jobId: string; nominalAt: Date; reason: string }[];
  /** Running fires of this worker that make room for newer ones. */
  stopped: number[];
  /** Rows that say `missed`. */
  missed: number;
}

/**
 * Claims instants: inserts their rows, which is what permits anybody to run them, and writes down those that nobody will
 * run. An instant that has its row already is somebody's, and left out of the result. All of it is one transaction, which
 * may be repeated: what this worker has claimed and not started is claimed again.
 */
export async function claimFires(store: Store, order: ClaimOrder): Promise<ClaimResult> {
  const jobIds = [
    ...new Set([...order.claims, ...order.missed, ...order.cursors].map(({ jobId }) => jobId)),
  ].sort();
  if (jobIds.length === 0) return { claimed: [], skipped: [], stopped: [], missed: 0 };
  const untilOf = new Map(order.cursors.map(({ jobId, consideredUntil }) => [jobId, consideredUntil]));
  const moves = jobIds.map((jobId) => ({ jobId, consideredUntil: untilOf.get(jobId) ?? null }));
  return store.transaction(async (tx) => {
    await moveCursors(tx, moves, order.latest);
    const open = order.claims.length === 0 ? [] : await openFires(tx, jobIds);
    const overlaps = decideOverlaps(order.claims, open, order.worker);
    const written = await insertFires(tx, order, overlaps.skipped);
    if (overlaps.cancelled.length > 0) await cancelWaiting(tx, overlaps.cancelled, order.now);
    if (overlaps.stoppedElsewhere.length > 0) await askToStop(tx, overlaps.stoppedElsewhere);
    return {
      claimed: written
        .filter(({ state }) => state === 'claimed')
        .map((row) => ({ ...row, awaited: overlaps.awaited.get(fireKey(row)) ?? [] })),
      skipped: written
        .filter(({ state }) => state === 'skipped')
        .map((row) => ({ ...row, reason: row.reason ?? '' })),
      stopped: overlaps.stopped,
      missed: written.filter(({ state }) => state === 'missed').length,
    };
  });
}

async function openFires(tx: Tx, jobIds: readonly string[]): Promise<OpenFire[]> {
  const { rows } = await tx.query<OpenFire>({
    name: 'job-fires-open',
    text: `SELECT id, job_id AS "jobId", nominal_at AS "nominalAt", state, worker, made_up AS "isMadeUp"
             FROM job_fires WHERE job_id = ANY ($1) AND state IN ('claimed', 'running') ORDER BY id`,
    values: [jobIds],
  });
  return rows;
}

interface WrittenFire extends Omit<ClaimedFire, 'awaited'> {
  state: string;
  reason: string | null;
}

/**
 * Rows give way in two cases only: what this worker has claimed and not started, and a single missed instant that is on
 * time by another clock, or by this one after it went back. Nothing has run for either.
 */
async function insertFires(
  tx: Tx,
  { worker, now, claims, missed }: ClaimOrder,
  skipReasons: ReadonlyMap<ClaimRequest, string>,
): Promise<WrittenFire[]> {
  const rows = [
    ...claims.map((claim) => {
      const reason = skipReasons.get(claim) ?? null;
      return { ...claim, state: reason === null ? 'claimed' : 'skipped', reason, lastAt: null, instants: 1 };
    }),
    ...missed.map((span) => ({
      ...span,
      dueAt: span.nominalAt,
      byHand: false,
      isMadeUp: false,
      state: 'missed',
    })),
  ];
  if (rows.length === 0) return [];
  const { rows: written } = await tx.query<WrittenFire>({
    name: 'job-fires-claim',
    text: `
      INSERT INTO job_fires AS known (job_id, kind, nominal_at, due_at, by_hand, made_up, state, reason, last_at, instants,
                                      worker, claimed_at, ended_at)
      SELECT job_id, kind, nominal_at, due_at, by_hand, made_up, state, reason, last_at, instants, $11, $12,
             CASE WHEN state <> 'claimed' THEN $12::timestamptz END
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $6::boolean[], $7::text[],
                    $8::text[], $9::timestamptz[], $10::bigint[])
          AS new (job_id, kind, nominal_at, due_at, by_hand, made_up, state, reason, last_at, instants)
       ORDER BY nominal_at, job_id
      ON CONFLICT ON CONSTRAINT job_fires_once DO UPDATE
         SET state = excluded.state, reason = excluded.reason, due_at = excluded.due_at, made_up = excluded.made_up,
             worker = excluded.worker, claimed_at = excluded.claimed_at, ended_at = excluded.ended_at,
             last_at = NULL, instants = 1
       WHERE (known.state = 'claimed' AND known.worker = excluded.worker)
          OR (known.state = 'missed' AND known.last_at IS NULL AND excluded.state = 'claimed' AND NOT excluded.made_up)
      RETURNING id, job_id AS "jobId", nominal_at AS "nominalAt", due_at AS "dueAt", by_hand AS "byHand", state, reason`,
    values: [
      rows.map(({ jobId }) => jobId),
      rows.map(({ kind }) => kind),
      rows.map(({ nominalAt }) => nominalAt),
      rows.map(({ dueAt }) => dueAt),
      rows.map(({ byHand }) => byHand),
      rows.map(({ isMadeUp }) => isMadeUp),
      rows.map(({ state }) => state),
      rows.map(({ reason }) => reason),
      rows.map(({ lastAt }) => lastAt),
      rows.map(({ instants }) => instants),
      worker,
      now,
    ],
  });
  return written;
}

async function cancelWaiting(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  await tx.query({
    name: 'job-fires-cancel-waiting',
    text: `UPDATE job_fires SET state = 'cancelled', reason = 'a newer fire of its job took its place', ended_at = $2
            WHERE id = ANY ($1) AND state = 'claimed'`,
    values: [ids, now],
  });
}

async function askToStop(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.query({
    name: 'job-fires-ask-to-stop',
    text: `UPDATE job_fires SET stop_asked = 'cancel-other' WHERE id = ANY ($1) AND state = 'running'`,
    values: [ids],
  });
}
