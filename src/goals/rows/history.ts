import type { Tx } from '../../lib/store/store.ts';
import type { GoalResult } from './runs.ts';

/** A fire of a goal with what came of it. */
export interface HistoryRow {
  fireId: number;
  nominalAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  byHand: boolean;
  /** `done`, `failed`, `missed`, `skipped` or `cancelled`; `claimed` or `running` while it is open. */
  state: string;
  execution: string;
  doneCheck: string;
  /** `delivered`, `pending` or `failed` where it leaves by a channel; `told` where it waits on the dashboard alone. */
  delivery: string;
  reason: string | null;
  result: GoalResult | null;
  output: string | null;
  eventId: number | null;
  taskId: number | null;
  /** How many missed instants the row stands for. */
  instants: number | null;
}

/** The job of a goal. */
export function jobIdOf(goalId: number): string {
  return `goal:${goalId}`;
}

/** The goal of a job, or undefined. */
export function goalIdOf(jobId: string): number | undefined {
  const [, id] = /^goal:([1-9]\d{0,14})$/.exec(jobId) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** Every channel that takes news has its own delivery of the words: the worst one counts. */
const deliveryState = `CASE WHEN run.delivery IS DISTINCT FROM 'told' THEN coalesce(run.delivery, 'none') ELSE coalesce((
    SELECT CASE WHEN bool_or(sent.state = 'failed') THEN 'failed'
                WHEN bool_or(sent.state IN ('pending', 'sending')) THEN 'pending'
                WHEN bool_or(sent.state = 'delivered') THEN 'delivered' END
      FROM deliveries AS sent WHERE sent.subject = run.told_as), 'told') END`;

const columns = `fire.id AS "fireId", fire.nominal_at AS "nominalAt", fire.started_at AS "startedAt", fire.ended_at AS "endedAt",
  fire.by_hand AS "byHand", fire.state, coalesce(run.execution, 'none') AS execution, coalesce(run.done_check, 'none') AS "doneCheck",
  ${deliveryState} AS delivery, coalesce(fire.reason, run.reason) AS reason, run.result, run.output,
  run.event_id AS "eventId", run.task_id AS "taskId", fire.instants`;

/** The newest fires of a goal, from before a fire on. */
export async function goalHistory(
  store: Tx,
  { goalId, before, limit }: { goalId: number; before?: number | undefined; limit: number },
): Promise<HistoryRow[]> {
  const { rows } = await store.query<HistoryRow>({
    name: 'goals-history',
    text: `SELECT ${columns} FROM job_fires AS fire LEFT JOIN goal_runs AS run ON run.fire_id = fire.id
            WHERE fire.job_id = $1 AND ($2::bigint IS NULL OR (fire.nominal_at, fire.id) <
                  (SELECT nominal_at, id FROM job_fires WHERE id = $2))
            ORDER BY fire.nominal_at DESC, fire.id DESC LIMIT $3`,
    values: [jobIdOf(goalId), before ?? null, limit],
  });
  return rows;
}

/** One fire with its job, or undefined. */
export async function findFire(
  store: Tx,
  fireId: number,
): Promise<(HistoryRow & { jobId: string }) | undefined> {
  const { rows } = await store.query<HistoryRow & { jobId: string }>({
    name: 'goals-fire',
    text: `SELECT ${columns}, fire.job_id AS "jobId" FROM job_fires AS fire LEFT JOIN goal_runs AS run ON run.fire_id = fire.id WHERE fire.id = $1`,
    values: [fireId],
  });
  return rows[0];
}

/** The last fire of a goal that began, or that should have. */
export interface LastRun extends Pick<
  HistoryRow,
  'nominalAt' | 'state' | 'execution' | 'doneCheck' | 'delivery' | 'reason'
> {
  jobId: string;
}

/** The last fires of several goals. */
export async function lastRuns(store: Tx, goalIds: readonly number[]): Promise<Map<number, LastRun>> {
  const { rows } = await store.query<LastRun>({
    name: 'goals-last-runs',
    text: `SELECT last.* FROM unnest($1::text[]) AS asked (job_id) CROSS JOIN LATERAL (
             SELECT fire.job_id AS "jobId", fire.nominal_at AS "nominalAt", fire.state,
                    coalesce(run.execution, 'none') AS execution, coalesce(run.done_check, 'none') AS "doneCheck",
                    ${deliveryState} AS delivery, coalesce(fire.reason, run.reason) AS reason
               FROM job_fires AS fire LEFT JOIN goal_runs AS run ON run.fire_id = fire.id
              WHERE fire.job_id = asked.job_id ORDER BY fire.nominal_at DESC LIMIT 1) AS last`,
    values: [goalIds.map(jobIdOf)],
  });
  return new Map(rows.map((row) => [goalIdOf(row.jobId) ?? 0, row]));
}
