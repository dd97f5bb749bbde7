import type { Store } from '../../lib/store/store.ts';

/** How one attempt of a task ended, as the activity log has it; `summary` says what happens next. */
export interface AttemptRow {
  attempt: number;
  at: Date;
  outcome: string;
  costUsd: number;
  summary: string;
}

/** The recorded attempts of a task, first to last; one whose number came back after a shutdown is listed each time. */
export async function listAttempts(store: Pick<Store, 'query'>, taskId: number): Promise<AttemptRow[]> {
  const { rows } = await store.query<AttemptRow>({
    name: 'activity-list-attempts',
    text: `SELECT (detail->>'attempt')::int AS attempt, at, detail->>'outcome' AS outcome,
                  coalesce((detail->>'costUsd')::float8, 0) AS "costUsd", summary
             FROM activity_log WHERE task_id = $1 AND actor = 'tasks' AND detail ? 'attempt' ORDER BY id LIMIT 100`,
    values: [taskId],
  });
  return rows;
}
