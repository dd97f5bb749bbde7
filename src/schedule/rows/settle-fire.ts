import type { Tx } from '../../lib/store/store.ts';
import type { FireEnd } from '../job.ts';

/** A fire of a worker at an instant of its own; the same may be said again after an answer was lost. */
export interface FireStep {
  id: number;
  worker: string;
  now: Date;
}

/**
 * Writes down that a fire starts. Resolves to false where it is not this worker's to start any more: it gave way, or
 * somebody took it over.
 */
export async function beginFire(tx: Tx, { id, worker, now }: FireStep): Promise<boolean> {
  const { rows } = await tx.query<{ begun: number }>({
    name: 'job-fires-begin',
    text: `
      WITH begun AS (
        UPDATE job_fires SET state = 'running', started_at = $3, lives = 1
         WHERE id = $1 AND worker = $2 AND (state = 'claimed' OR (state = 'running' AND started_at = $3))
        RETURNING job_id),
      freed AS (
        UPDATE job_cursors SET cut_off = false FROM begun
         WHERE job_cursors.job_id = begun.job_id AND cut_off)
      SELECT count(*) AS begun FROM begun`,
    values: [id, worker, now],
  });
  return (rows[0]?.begun ?? 0) > 0;
}

/**
 * Writes down how a fire ended; nothing where it is not this worker's any more. `isCutOff`: the daemon's own end ended it,
 * so that its job makes up for nothing until it has run again.
 */
export async function endFire(
  tx: Tx,
  { id, worker, now, end, isCutOff = false }: FireStep & { end: FireEnd; isCutOff?: boolean },
): Promise<void> {
  await tx.query({
    name: 'job-fires-end',
    text: `
      WITH ended AS (
        UPDATE job_fires SET state = $4, reason = $5, ended_at = $3
         WHERE id = $1 AND worker = $2 AND state IN ('claimed', 'running') RETURNING job_id)
      UPDATE job_cursors SET cut_off = true FROM ended WHERE job_cursors.job_id = ended.job_id AND $6`,
    values: [
      id,
      worker,
      now,
      end.state,
      end.reason ?? (end.state === 'done' ? null : 'no reason was given'),
      isCutOff,
    ],
  });
}
