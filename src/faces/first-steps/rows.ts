import type { Store, Tx } from '../../lib/store/store.ts';

/** What the tables say of the first steps. */
export interface StepsSeen {
  dismissed: boolean;
  /** An agent that is no stand-in has ended a task well. */
  answered: boolean;
  /** How the newest task that ended came out. */
  lastOutcome: string | null;
  hasGoal: boolean;
}

/** Reads it in one statement. */
export async function findStepsSeen(store: Pick<Store, 'query'>): Promise<StepsSeen> {
  const { rows } = await store.query<StepsSeen>({
    name: 'first-steps-seen',
    text: `SELECT EXISTS (SELECT FROM first_steps) AS dismissed,
                  EXISTS (SELECT FROM task_costs) AS answered,
                  (SELECT outcome FROM tasks WHERE finished_at IS NOT NULL AND outcome IS NOT NULL
                    ORDER BY finished_at DESC LIMIT 1) AS "lastOutcome",
                  EXISTS (SELECT FROM goals WHERE removed_at IS NULL) AS "hasGoal"`,
  });
  return rows[0] ?? { dismissed: false, answered: false, lastOutcome: null, hasGoal: false };
}

/** Notes that the owner does not want to see them any more. */
export async function dismissSteps(tx: Tx, now: Date): Promise<void> {
  await tx.query({
    name: 'first-steps-dismiss',
    text: 'INSERT INTO first_steps (dismissed_at) VALUES ($1) ON CONFLICT DO NOTHING',
    values: [now],
  });
}

/** The same taken back. */
export async function showSteps(tx: Tx): Promise<void> {
  await tx.query({ name: 'first-steps-show', text: 'DELETE FROM first_steps' });
}
