import type { Tx } from '../../lib/store/store.ts';

/** A job whose cursor is wanted. */
export interface CursorRequest {
  jobId: string;
  kind: string;
  /** See `definitionOf`. */
  definition: string;
  /** Instants at or before it are not the job's; null where its kind does not say. */
  since: Date | null;
  /** Where the cursor stands that is made for a job that is new, or new in its definition. */
  begin: Date;
}

/** How far a job's instants are accounted for. */
export interface Cursor {
  jobId: string;
  consideredUntil: Date;
  isCutOff: boolean;
}

/**
 * Makes the cursors of jobs that have none, begins those anew whose definition has changed, and resolves to all of them.
 * One that is further than `latest` was left by a clock that was ahead; it comes back to `now`.
 */
export async function syncCursors(
  tx: Tx,
  jobs: readonly CursorRequest[],
  { now, latest }: { now: Date; latest: Date },
): Promise<Cursor[]> {
  const { rows } = await tx.query<Cursor>({
    name: 'job-cursors-sync',
    text: `
      INSERT INTO job_cursors AS known (job_id, kind, definition, considered_until, seen_at)
      SELECT job_id, kind, definition, greatest(since, CASE WHEN since IS NULL THEN begin END), $6
        FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
          AS asked (job_id, kind, definition, since, begin)
       ORDER BY job_id
      ON CONFLICT ON CONSTRAINT job_cursors_pkey DO UPDATE
         SET kind = excluded.kind, definition = excluded.definition, seen_at = excluded.seen_at,
             considered_until = CASE WHEN known.definition <> excluded.definition THEN excluded.considered_until
                                     WHEN known.considered_until > $7 THEN $6
                                     ELSE known.considered_until END
      RETURNING job_id AS "jobId", considered_until AS "consideredUntil", cut_off AS "isCutOff"`,
    values: [
      jobs.map(({ jobId }) => jobId),
      jobs.map(({ kind }) => kind),
      jobs.map(({ definition }) => definition),
      jobs.map(({ since }) => since),
      jobs.map(({ begin }) => begin),
      now,
      latest,
    ],
  });
  return rows;
}

/**
 * Moves cursors forward and locks their rows until the transaction ends, so that daemons decide about a job one after the
 * other. One that is further than `latest` may go back.
 */
export async function moveCursors(
  tx: Tx,
  moves: readonly { jobId: string; consideredUntil: Date | null }[],
  latest: Date,
): Promise<void> {
  await tx.query({
    name: 'job-cursors-move',
    text: `
      WITH locked AS MATERIALIZED (
        SELECT job_id, moved.considered_until FROM job_cursors
          JOIN unnest($1::text[], $2::timestamptz[]) AS moved (job_id, considered_until) USING (job_id)
         ORDER BY job_id FOR UPDATE OF job_cursors)
      UPDATE job_cursors AS known
         SET considered_until = CASE WHEN known.considered_until > $3 THEN locked.considered_until
                                     ELSE greatest(known.considered_until, locked.considered_until) END
        FROM locked WHERE known.job_id = locked.job_id AND locked.considered_until IS NOT NULL`,
    values: [moves.map(({ jobId }) => jobId), moves.map(({ consideredUntil }) => consideredUntil), latest],
  });
}

/** Forgets jobs that are no more. */
export async function dropCursors(tx: Tx, jobIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'job-cursors-drop',
    text: 'DELETE FROM job_cursors WHERE job_id = ANY ($1)',
    values: [jobIds],
  });
}
