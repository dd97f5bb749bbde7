import type { Store } from '../store.ts';

type Tx = Pick<Store, 'query'>;

/** A goal: what runs by the clock. */
export interface GoalRow {
  id: number;
  name: string;
  schedule: string;
  time_zone: string;
  prompt: string | null;
  reflex: string | null;
  missed_run: string;
  enabled: boolean;
  paused_reason: string | null;
  failures_in_a_row: number;
  last_run_at: Date | null;
  last_event_id: number | null;
  next_run_at: Date | null;
}

const listed = `id, name, schedule, time_zone, prompt, reflex, missed_run, enabled, paused_reason, failures_in_a_row,
  last_run_at, last_event_id, next_run_at`;

/** All goals by name; at most 500. */
export async function listGoals(store: Tx): Promise<GoalRow[]> {
  const { rows } = await store.query<GoalRow>({
    name: 'goals-list',
    text: `SELECT ${listed} FROM goals ORDER BY name LIMIT 500`,
  });
  return rows;
}

/** One goal, or undefined. */
export async function findGoal(store: Tx, id: number): Promise<GoalRow | undefined> {
  const { rows } = await store.query<GoalRow>({
    name: 'goals-find',
    text: `SELECT ${listed} FROM goals WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Pauses a goal or lets it go on, with its failures forgotten; undefined where there is none. */
export async function pauseGoal(
  tx: Tx,
  { id, paused, reason, now }: { id: number; paused: boolean; reason: string | null; now: Date },
): Promise<GoalRow | undefined> {
  const { rows } = await tx.query<GoalRow>({
    name: 'goals-pause',
    text: `UPDATE goals SET enabled = NOT $2, paused_reason = CASE WHEN $2 THEN $3 END, updated_at = $4,
                  failures_in_a_row = CASE WHEN $2 THEN failures_in_a_row ELSE 0 END
            WHERE id = $1 RETURNING ${listed}`,
    values: [id, paused, reason, now],
  });
  return rows[0];
}

/** Notes a run that the owner asked for. */
export async function noteGoalRun(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.query({
    name: 'goals-note-run',
    text: `UPDATE goals SET last_run_at = $2 WHERE id = $1`,
    values: [id, now],
  });
}
