import type { Tx } from '../../lib/store/store.ts';
import type { AgentName } from '../../lib/wire/agent-names.ts';
import type { MissedPolicy, OverlapPolicy, Schedule } from '../../schedule/job.ts';

/** A goal: what runs by the clock. */
export interface Goal {
  id: number;
  name: string;
  /** As somebody wrote it; null where that was cron. */
  spoken: string | null;
  cron: string | null;
  everyMs: number | null;
  anchor: Date | null;
  dueAt: Date | null;
  timeZone: string;
  since: Date;
  prompt: string | null;
  /** A wire line. */
  reflex: string | null;
  conversation: string | null;
  category: string;
  /** 1 to 5, see `PRIORITIES`. */
  priority: number;
  /** Who does it; null for `agent.default`. */
  agent: AgentName | null;
  model: string | null;
  budgetUsd: number | null;
  timeoutMs: number;
  missed: MissedPolicy;
  missedWindowMs: number;
  missedCap: number;
  overlap: OverlapPolicy;
  jitterMs: number;
  quiet: string | null;
  condition: string | null;
  doneCheck: string | null;
  doneSchema: Record<string, unknown> | null;
  enabled: boolean;
  pausedReason: string | null;
  failuresInARow: number;
  lastSuccessAt: Date | null;
  madeBy: string;
  trust: GoalTrust;
  /** The journal of the home whose config.json declares it. */
  declaredBy: string | null;
}

/** How far a goal's runs are trusted; untrusted text makes no goal. */
export type GoalTrust = 'owner' | 'local';

/** What is written of a goal; what is counted and paused is not. */
export type GoalTerms = Omit<
  Goal,
  'id' | 'enabled' | 'pausedReason' | 'failuresInARow' | 'lastSuccessAt' | 'since'
>;

/** Columns of a `Goal`. */
export const goalColumns = `id, name, spoken, schedule AS cron, every_ms AS "everyMs", anchor, due_at AS "dueAt", time_zone AS "timeZone", since,
  prompt, reflex, conversation, category, priority, agent, model, budget_usd::float8 AS "budgetUsd", timeout_ms AS "timeoutMs",
  missed_run AS missed, missed_window_ms AS "missedWindowMs", missed_cap AS "missedCap", overlap, jitter_ms AS "jitterMs",
  quiet, condition, done_check AS "doneCheck", done_schema AS "doneSchema", enabled, paused_reason AS "pausedReason",
  failures_in_a_row AS "failuresInARow", last_success_at AS "lastSuccessAt", made_by AS "madeBy", trust,
  declared_by AS "declaredBy"`;

const setColumns = `name = $1, spoken = $2, schedule = $3, every_ms = $4, anchor = $5, due_at = $6, time_zone = $7, prompt = $8,
  reflex = $9, conversation = $10, category = $11, priority = $12, model = $13, budget_usd = $14, timeout_ms = $15,
  missed_run = $16, missed_window_ms = $17, missed_cap = $18, overlap = $19, jitter_ms = $20, quiet = $21, condition = $22,
  done_check = $23, done_schema = $24, made_by = $25, trust = $26, declared_by = $27,
  agent = $28`;

function values(terms: GoalTerms): unknown[] {
  return [
    terms.name,
    terms.spoken,
    terms.cron,
    terms.everyMs,
    terms.anchor,
    terms.dueAt,
    terms.timeZone,
    terms.prompt,
    terms.reflex,
    terms.conversation,
    terms.category,
    terms.priority,
    terms.model,
    terms.budgetUsd,
    terms.timeoutMs,
    terms.missed,
    terms.missedWindowMs,
    terms.missedCap,
    terms.overlap,
    terms.jitterMs,
    terms.quiet,
    terms.condition,
    terms.doneCheck,
    terms.doneSchema === null ? null : JSON.stringify(terms.doneSchema),
    terms.madeBy,
    terms.trust,
    terms.declaredBy,
    terms.agent,
  ];
}

/** When a goal is due. */
export function scheduleOf(goal: Pick<Goal, 'cron' | 'everyMs' | 'anchor' | 'dueAt' | 'timeZone'>): Schedule {
  if (goal.cron !== null) return { kind: 'cron', cron: goal.cron, zone: goal.timeZone };
  if (goal.everyMs !== null && goal.anchor !== null)
    return { kind: 'every', everyMs: goal.everyMs, anchor: goal.anchor };
  if (goal.dueAt !== null) return { kind: 'at', at: goal.dueAt };
  throw new Error('the goal has no schedule');
}

/** Goals by name, from after a name on. */
export async function listGoals(
  store: Tx,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Goal[]> {
  const { rows } = await store.query<Goal>({
    name: 'goals-list',
    text: `SELECT ${goalColumns} FROM goals WHERE removed_at IS NULL AND ($1::text IS NULL OR name > $1) ORDER BY name LIMIT $2`,
    values: [after ?? null, limit],
  });
  return rows;
}

/** One goal, or undefined. */
export async function findGoal(store: Tx, id: number): Promise<Goal | undefined> {
  const { rows } = await store.query<Goal>({
    name: 'goals-find',
    text: `SELECT ${goalColumns} FROM goals WHERE id = $1 AND removed_at IS NULL`,
    values: [id],
  });
  return rows[0];
}

/** The goal of that name, or undefined. */
export async function findGoalByName(store: Tx, name: string): Promise<Goal | undefined> {
  const { rows } = await store.query<Goal>({
    name: 'goals-find-by-name',
    text: `SELECT ${goalColumns} FROM goals WHERE name = $1 AND removed_at IS NULL`,
    values: [name],
  });
  return rows[0];
}

/** The names of at most 1,000 goals. */
export async function goalNames(store: Tx): Promise<string[]> {
  const { rows } = await store.query<{ name: string }>({
    name: 'goals-names',
    text: `SELECT name FROM goals WHERE removed_at IS NULL ORDER BY name LIMIT 1000`,
  });
  return rows.map(({ name }) => name);
}

/** The goals that the config.json of a home declares. */
export async function declaredGoals(store: Tx, declaredBy: string): Promise<Goal[]> {
  const { rows } = await store.query<Goal>({
    name: 'goals-declared',
    text: `SELECT ${goalColumns} FROM goals WHERE declared_by = $1 AND removed_at IS NULL ORDER BY name`,
    values: [declaredBy],
  });
  return rows;
}

/** Writes a new goal; undefined where its name is taken. */
export async function insertGoal(
  tx: Tx,
  { terms, paused, now }: { terms: GoalTerms; paused: boolean; now: Date },
): Promise<Goal | undefined> {
  const { rows } = await tx.query<Goal>({
    name: 'goals-insert',
    text: `INSERT INTO goals (name, spoken, schedule, every_ms, anchor, due_at, time_zone, prompt, reflex, conversation, category,
                              priority, model, budget_usd, timeout_ms, missed_run, missed_window_ms, missed_cap, overlap, jitter_ms,
                              quiet, condition, done_check, done_schema, made_by, trust, declared_by, agent, enabled, since, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                   $25, $26, $27, $28, $29, $30, $30, $30)
           ON CONFLICT (name) WHERE removed_at IS NULL DO NOTHING RETURNING ${goalColumns}`,
    values: [...values(terms), !paused, now],
  });
  return rows[0];
}

/** Writes a goal anew; where its schedule is another one, instants of before are none of it. Undefined where it is not there. */
export async function updateGoal(
  tx: Tx,
  { id, terms, isRescheduled, now }: { id: number; terms: GoalTerms; isRescheduled: boolean; now: Date },
): Promise<Goal | undefined> {
  const { rows } = await tx.query<Goal>({
    name: 'goals-update',
    text: `UPDATE goals SET ${setColumns}, since = CASE WHEN $29 THEN $30 ELSE since END, updated_at = $30
            WHERE id = $31 AND removed_at IS NULL RETURNING ${goalColumns}`,
    values: [...values(terms), isRescheduled, now, id],
  });
  return rows[0];
}

/** Pauses a goal or lets it go on, with its failures forgotten and what passed meanwhile left out; undefined where there is none. */
export async function pauseGoal(
  tx: Tx,
  { id, paused, reason, now }: { id: number; paused: boolean; reason: string | null; now: Date },
): Promise<Goal | undefined> {
  const { rows } = await tx.query<Goal>({
    name: 'goals-pause',
    text: `UPDATE goals SET enabled = NOT $2, paused_reason = CASE WHEN $2 THEN $3 END, updated_at = $4,
                  since = CASE WHEN NOT enabled AND NOT $2 THEN $4 ELSE since END,
                  failures_in_a_row = CASE WHEN $2 THEN failures_in_a_row ELSE 0 END
            WHERE id = $1 AND removed_at IS NULL RETURNING ${goalColumns}`,
    values: [id, paused, reason, now],
  });
  return rows[0];
}

/** Deletes a goal with its runs; false where it is not there. */
export async function deleteGoal(tx: Tx, id: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'goals-delete',
    text: `DELETE FROM goals WHERE id = $1`,
    values: [id],
  });
  return rowCount === 1;
}

/** What a goal's condition keeps; null where it has kept nothing. */
export async function keptState(store: Tx, id: number): Promise<Buffer | null> {
  const { rows } = await store.query<{ state: Buffer | null }>({
    name: 'goals-kept-state',
    text: `SELECT kept_state AS state FROM goals WHERE id = $1`,
    values: [id],
  });
  return rows[0]?.state ?? null;
}

/** Keeps what a goal's condition hands on to its next run. */
export async function keepState(tx: Tx, id: number, state: Buffer): Promise<void> {
  await tx.query({
    name: 'goals-keep-state',
    text: `UPDATE goals SET kept_state = $2 WHERE id = $1`,
    values: [id, state],
  });
}

/** Counts the end of a run. Resolves to the failures in a row; undefined where the goal is gone. */
export async function countGoalEnd(
  tx: Tx,
  { id, isDone, at }: { id: number; isDone: boolean; at: Date },
): Promise<number | undefined> {
  const { rows } = await tx.query<{ failures: number }>({
    name: 'goals-count-end',
    text: `UPDATE goals SET failures_in_a_row = CASE WHEN $2 THEN 0 ELSE failures_in_a_row + 1 END,
                  last_success_at = CASE WHEN $2 THEN $3 ELSE last_success_at END
            WHERE id = $1 AND removed_at IS NULL RETURNING failures_in_a_row AS failures`,
    values: [id, isDone, at],
  });
  return rows[0]?.failures;
}
