import type { Tx } from '../../lib/store/store.ts';
import type { Goal } from './goals.ts';

/** How far a run has come. */
export type RunPhase = 'condition' | 'event' | 'waiting' | 'check' | 'ended';
/** Whether the work itself was carried out; `unneeded`: the condition found nothing to do. */
export type Execution = 'none' | 'unneeded' | 'done' | 'failed' | 'cancelled';
export type DoneCheckState = 'none' | 'passed' | 'failed';
/** Whether the owner was told: `silent` where there was nothing to say, `held` until quiet hours end. */
export type DeliveryState = 'none' | 'silent' | 'held' | 'told' | 'failed';

/** What came of a run, in the agent's or the condition's words. */
export interface GoalResult {
  notify: boolean;
  text: string;
  severity: Severity;
}

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** The goal as it was when the run began. */
export type RunTerms = Pick<
  Goal,
  | 'name'
  | 'timeZone'
  | 'prompt'
  | 'reflex'
  | 'conversation'
  | 'category'
  | 'priority'
  | 'agent'
  | 'model'
  | 'budgetUsd'
  | 'timeoutMs'
  | 'quiet'
  | 'condition'
  | 'doneCheck'
  | 'doneSchema'
  | 'trust'
> & {
  /** An answer that did not fit the schema, of which the agent is asked for the form alone. */
  again?: { answer: string; misfit: string };
};

/** What a goal's fire did. */
export interface GoalRun {
  fireId: number;
  goalId: number;
  terms: RunTerms;
  /** The key of its event's line. */
  dedupKey: string;
  /** The same as events keep it. */
  eventKey: string;
  phase: RunPhase;
  execution: Execution;
  doneCheck: DoneCheckState;
  delivery: DeliveryState;
  eventId: number | null;
  taskId: number | null;
  finding: string | null;
  result: GoalResult | null;
  reason: string | null;
  output: string | null;
}

const columns = `fire_id AS "fireId", goal_id AS "goalId", terms, dedup_key AS "dedupKey", event_key AS "eventKey", phase, execution,
  done_check AS "doneCheck", delivery, event_id AS "eventId", task_id AS "taskId", finding, result, reason, output`;

/** The terms of a goal for one run. */
export function termsOf(goal: Goal): RunTerms {
  const { name, timeZone, prompt, reflex, conversation, category, priority, model, budgetUsd, timeoutMs } =
    goal;
  const { agent, quiet, condition, doneCheck, doneSchema, trust } = goal;
  return {
    ...{ name, timeZone, prompt, reflex, conversation, category, priority, model, budgetUsd, timeoutMs },
    ...{ agent, quiet, condition, doneCheck, doneSchema, trust },
  };
}

/** Begins a run, or finds the one that this fire has begun in a former life. */
export async function beginRun(
  tx: Tx,
  { fireId, goal, dedupKey, eventKey }: { fireId: number; goal: Goal; dedupKey: string; eventKey: string },
): Promise<GoalRun> {
  await tx.query({
    name: 'goal-runs-begin',
    text: `INSERT INTO goal_runs (fire_id, goal_id, terms, dedup_key, event_key) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT ON CONSTRAINT goal_runs_pkey DO NOTHING`,
    values: [fireId, goal.id, JSON.stringify(termsOf(goal)), dedupKey, eventKey],
  });
  const run = await findRun(tx, fireId);
  if (run === undefined) throw new Error(`the run of fire ${fireId} is gone`);
  return run;
}

/** The run of a fire, or undefined. */
export async function findRun(store: Tx, fireId: number): Promise<GoalRun | undefined> {
  const { rows } = await store.query<GoalRun>({
    name: 'goal-runs-find',
    text: `SELECT ${columns} FROM goal_runs WHERE fire_id = $1`,
    values: [fireId],
  });
  return rows[0];
}

/** What changes of a run; what is left out stays. */
export type RunChange = Partial<
  Pick<
    GoalRun,
    'phase' | 'execution' | 'doneCheck' | 'eventId' | 'taskId' | 'finding' | 'result' | 'reason' | 'output'
  >
>;

/** Writes how a run goes on; false where it was removed with its goal. */
export async function changeRun(tx: Tx, fireId: number, change: RunChange): Promise<boolean> {
  const { phase, execution, doneCheck, eventId, taskId, finding, result, reason, output } = change;
  const { rowCount } = await tx.query({
    name: 'goal-runs-change',
    text: `UPDATE goal_runs SET phase = coalesce($2, phase), execution = coalesce($3, execution),
                  done_check = coalesce($4, done_check), event_id = coalesce($5, event_id), task_id = coalesce($6, task_id),
                  finding = coalesce($7, finding), result = coalesce($8, result), reason = coalesce($9, reason),
                  output = coalesce($10, output)
            WHERE fire_id = $1`,
    values: [
      fireId,
      phase,
      execution,
      doneCheck,
      eventId,
      taskId,
      finding,
      result == null ? null : JSON.stringify(result),
      reason,
      output,
    ].map((value) => value ?? null),
  });
  return rowCount === 1;
}

/** Has a run ask a second time, by another event, for no more than is left of its budget. Undefined where it has ended, or is gone. */
export async function askAgain(
  tx: Tx,
  fireId: number,
  {
    again,
    dedupKey,
    eventKey,
  }: { again: NonNullable<RunTerms['again']>; dedupKey: string; eventKey: string },
): Promise<GoalRun | undefined> {
  const { rows } = await tx.query<GoalRun>({
    name: 'goal-runs-ask-again',
    text: `UPDATE goal_runs AS run SET phase = 'event', execution = 'none', event_id = NULL, task_id = NULL, dedup_key = $2, event_key = $3,
                  terms = run.terms || jsonb_build_object('again', $4::jsonb) || CASE WHEN run.terms->>'budgetUsd' IS NULL THEN '{}'
                    ELSE jsonb_build_object('budgetUsd', greatest(0.01, (run.terms->>'budgetUsd')::numeric
                      - coalesce((SELECT cost_usd FROM tasks WHERE id = run.task_id), 0))) END
            WHERE fire_id = $1 AND phase <> 'ended' RETURNING ${columns}`,
    values: [fireId, dedupKey, eventKey, JSON.stringify(again)],
  });
  return rows[0];
}

/** How the owner is told of a run. */
export interface RunDelivery {
  delivery: DeliveryState;
  /** What the owner is told. */
  words?: string | undefined;
  heldUntil?: Date | undefined;
  /** The subject of the deliveries by which the owner was told. */
  toldAs?: string | undefined;
}

/** Ends a run with what became of its words; false where it has ended already, or is gone. */
export async function endRun(
  tx: Tx,
  fireId: number,
  { delivery, words, heldUntil, toldAs, now }: RunDelivery & { now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'goal-runs-end',
    text: `UPDATE goal_runs SET phase = 'ended', delivery = $2, words = $3, held_until = $4, told_as = $5, ended_at = $6
            WHERE fire_id = $1 AND phase <> 'ended'`,
    values: [fireId, delivery, words ?? null, heldUntil ?? null, toldAs ?? null, now],
  });
  return rowCount === 1;
}

/** The words of a run that waits for the end of quiet hours. */
export interface HeldWords {
  fireId: number;
  words: string;
}

/** At most 500 runs whose wait is over, oldest first; locked until the transaction ends. */
export async function takeHeld(tx: Tx, now: Date): Promise<HeldWords[]> {
  const { rows } = await tx.query<HeldWords>({
    name: 'goal-runs-take-held',
    text: `SELECT fire_id AS "fireId", coalesce(words, '') AS words FROM goal_runs WHERE held_until <= $1
            ORDER BY fire_id LIMIT 500 FOR UPDATE SKIP LOCKED`,
    values: [now],
  });
  return rows;
}

/** Notes how the owner was told of these runs. */
export async function markTold(tx: Tx, fireIds: readonly number[], toldAs: string): Promise<void> {
  await tx.query({
    name: 'goal-runs-mark-told',
    text: `UPDATE goal_runs SET delivery = 'told', held_until = NULL, told_as = $2 WHERE fire_id = ANY ($1::bigint[])`,
    values: [fireIds, toldAs],
  });
}

/** Notes that an event with this key is caused by a goal: it inherits the goal's trust, whatever its line says. */
export async function recordLineage(tx: Tx, key: string, trust: string, now: Date): Promise<void> {
  await tx.query({
    name: 'goal-runs-lineage',
    text: `INSERT INTO self_tasks (dedup_key, parent_task_id, depth, trust, created_at) VALUES ($1, NULL, 0, $2, $3)
           ON CONFLICT ON CONSTRAINT self_tasks_pkey DO NOTHING`,
    values: [key, trust, now],
  });
}
