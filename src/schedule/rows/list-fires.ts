import type { Tx } from '../../lib/store/store.ts';

/** A fire as people look at it. */
export interface FireView {
  id: number;
  jobId: string;
  nominalAt: Date;
  /** The last of the missed instants that the row stands for, and how many they are (null: not counted). */
  lastAt: Date | null;
  instants: number | null;
  byHand: boolean;
  madeUp: boolean;
  state: 'claimed' | 'running' | 'done' | 'failed' | 'missed' | 'skipped' | 'cancelled';
  reason: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** Which fires: those of a span of time, by their instant, of all jobs or of one. */
export interface FireQuery {
  from: Date;
  until: Date;
  jobId?: string | undefined;
  limit: number;
}

const columns = `id, job_id AS "jobId", nominal_at AS "nominalAt", last_at AS "lastAt", instants, by_hand AS "byHand",
  made_up AS "madeUp", state, reason, started_at AS "startedAt", ended_at AS "endedAt"`;

/** The fires of a span of time, the newest first; a row of many missed instants belongs where it ends, too. */
export async function listFires(tx: Tx, { from, until, jobId, limit }: FireQuery): Promise<FireView[]> {
  const { rows } = await tx.query<FireView>({
    name: 'job-fires-list',
    text: `SELECT ${columns} FROM job_fires
            WHERE nominal_at < $2 AND (nominal_at >= $1 OR last_at >= $1) AND ($3::text IS NULL OR job_id = $3)
            ORDER BY nominal_at DESC, id DESC LIMIT $4`,
    values: [from, until, jobId ?? null, limit],
  });
  return rows;
}

/** The last fire of a job, and how long its last runs took. */
export interface JobHistory {
  jobId: string;
  last: FireView | null;
  lastDoneAt: Date | null;
  /** Milliseconds, oldest first. */
  durationsMs: number[];
}

const shownDurations = 30;

/** What the rows know of jobs; one without fires is left out. */
export async function jobHistories(tx: Tx, jobIds: readonly string[]): Promise<JobHistory[]> {
  const { rows } = await tx.query<FireView & { lastDoneAt: Date | null; durationsMs: number[] | null }>({
    name: 'job-fires-histories',
    text: `
      SELECT last.*, "lastDoneAt", "durationsMs"
        FROM unnest($1::text[]) AS asked (job_id)
        CROSS JOIN LATERAL (
          SELECT ${columns} FROM job_fires WHERE job_id = asked.job_id ORDER BY nominal_at DESC LIMIT 1) AS last
        LEFT JOIN LATERAL (
          SELECT max(ended_at) FILTER (WHERE state = 'done') AS "lastDoneAt",
                 array_agg((extract(epoch FROM ended_at - started_at) * 1000)::float8 ORDER BY nominal_at) AS "durationsMs"
            FROM (SELECT nominal_at, started_at, ended_at, state FROM job_fires
                   WHERE job_id = asked.job_id AND started_at IS NOT NULL AND ended_at IS NOT NULL
                   ORDER BY nominal_at DESC LIMIT ${shownDurations}) AS recent) AS runs ON true`,
    values: [jobIds],
  });
  return rows.map(({ lastDoneAt, durationsMs, ...last }) => ({
    jobId: last.jobId,
    last,
    lastDoneAt,
    durationsMs: (durationsMs ?? []).map((ms) => Math.max(0, Math.round(ms))),
  }));
}
