import type { Tx } from '../../lib/store/store.ts';

/** Says that this worker is alive, and resolves to the beats of the others. */
export async function beatAsWorker(
  tx: Tx,
  { worker, now }: { worker: string; now: Date },
): Promise<{ worker: string; beat: number }[]> {
  await tx.query({
    name: 'job-workers-beat',
    text: `INSERT INTO job_workers AS known (worker, beat, seen_at) VALUES ($1, 1, $2)
           ON CONFLICT ON CONSTRAINT job_workers_pkey DO UPDATE SET beat = known.beat + 1, seen_at = excluded.seen_at`,
    values: [worker, now],
  });
  const { rows } = await tx.query<{ worker: string; beat: number }>({
    name: 'job-workers-others',
    text: 'SELECT worker, beat FROM job_workers WHERE worker <> $1',
    values: [worker],
  });
  return rows;
}

/** What others have said about the fires that run here, and which of `awaited` have ended. */
export async function newsOfFires(
  tx: Tx,
  { worker, running, awaited }: { worker: string; running: readonly number[]; awaited: readonly number[] },
): Promise<{ asked: number[]; lost: number[]; ended: number[] }> {
  const { rows } = await tx.query<{ id: number; isOurs: boolean; isOpen: boolean; isAsked: boolean }>({
    name: 'job-fires-news',
    text: `SELECT id, worker = $1 AS "isOurs", state IN ('claimed', 'running') AS "isOpen",
                  stop_asked IS NOT NULL AS "isAsked"
             FROM job_fires WHERE id = ANY ($2) OR id = ANY ($3)`,
    values: [worker, running, awaited],
  });
  const found = new Map(rows.map((row) => [row.id, row]));
  return {
    asked: running.filter((id) => found.get(id)?.isOurs === true && found.get(id)?.isAsked === true),
    lost: running.filter((id) => found.get(id)?.isOurs === false),
    ended: awaited.filter((id) => found.get(id)?.isOpen !== true),
  };
}
