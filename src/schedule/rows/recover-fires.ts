import type { Tx } from '../../lib/store/store.ts';

/** An open fire that a former life of this worker, or a worker that is gone, has left. */
export interface LeftFire {
  id: number;
  jobId: string;
  kind: string;
  nominalAt: Date;
  state: 'claimed' | 'running';
  byHand: boolean;
  startedAt: Date | null;
  /** Lives of the daemon in which it ran, this one not counted. */
  lives: number;
}

const columns = `id, job_id AS "jobId", kind, nominal_at AS "nominalAt", state, by_hand AS "byHand",
  started_at AS "startedAt", lives`;

/** The open fires of a worker. */
export async function leftFires(tx: Tx, worker: string): Promise<LeftFire[]> {
  const { rows } = await tx.query<LeftFire>({
    name: 'job-fires-left',
    text: `SELECT ${columns} FROM job_fires WHERE worker = $1 AND state IN ('claimed', 'running') ORDER BY id`,
    values: [worker],
  });
  return rows;
}

/** Makes open fires of a worker that is gone this one's; resolves to those that it got. */
export async function takeOver(
  tx: Tx,
  { ids, from, worker }: { ids: readonly number[]; from: string; worker: string },
): Promise<LeftFire[]> {
  const { rows } = await tx.query<LeftFire>({
    name: 'job-fires-take-over',
    text: `UPDATE job_fires SET worker = $3
            WHERE id = ANY ($1) AND worker = $2 AND state IN ('claimed', 'running') RETURNING ${columns}`,
    values: [ids, from, worker],
  });
  return rows;
}

/** Says that a fire is run by one more life of the daemon. */
export async function resumeFire(tx: Tx, { id, worker }: { id: number; worker: string }): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'job-fires-resume',
    text: `UPDATE job_fires SET lives = lives + 1 WHERE id = $1 AND worker = $2 AND state = 'running'`,
    values: [id, worker],
  });
  return (rowCount ?? 0) > 0;
}
