import { recordActivity } from '../../activity/rows.ts';
import { doubtNews } from '../run/cut-off.ts';
import type { Outcome } from '../run/outcome.ts';
import type { Verdict } from '../run/retry.ts';
import { settleAgentNews, tellOwner } from '../tell-owner.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { cutRecord, type Cut } from './cut-record.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { type AttemptCost, bookCost, costOfAttempt } from '../../spend/rows/book-cost.ts';
import { keepTaskReplies } from './keep-task-replies.ts';
import { findSteered, type SettledMessage, settleSteered } from './steered.ts';

/**
 * Records the end of an attempt in one transaction: the task's row, its event, the conversation, the log.
 * Costs are booked, by model, as the difference to the session's high-water mark, since the CLI's figures accumulate.
 * What is to be sent to somebody outside is kept with it. Resolves to the messages that were steered into the task, or to
 * undefined, having booked its cost and nothing else, when the attempt is not this worker's any more. Recording twice does no harm: the
 * answer to a COMMIT may have been lost on the way. `cut` says how much of a record is left that Postgres has refused.
 */
export function recordOutcome(
  store: Store,
  told: AttemptRecord,
  cut: Cut = 'whole',
): Promise<SettledMessage[] | undefined> {
  const record = cutRecord(told, cut);
  return store.transaction(async (tx) => {
    const { task, verdict, now } = record;
    const conversation = task.forkOf ?? task.conversation;
    const cost = await costOfAttempt(tx, { ...record, conversation });
    const { rows, rowCount } = await updateTask(tx, record, cost.costUsd);
    if (rowCount !== 1) {
      if (await isRecorded(tx, record)) return findSteered(tx, task.id);
      await bookSuperseded(tx, record, cost);
      return undefined;
    }
    await bookCost(tx, task.id, cost, now);
    if (cut === 'bare') {
      if (verdict.state !== 'queued') await endEvent(tx, record);
      return [];
    }
    await updateConversation(tx, record, cost);
    if (verdict.state !== 'queued') await endEvent(tx, record);
    await logAttempt(tx, record, cost.costUsd);
    await tellOfOutcome(tx, record);
    await tellOfDoubt(tx, record);
    const settled = task.conversation === null ? [] : await settleMessages(tx, record);
    const ended = settled.filter(({ state }) => state !== 'queued');
    if (verdict.state !== 'queued' && [...rows, ...ended].some(({ repliesTo }) => repliesTo))
      await keepTaskReplies(tx, [task.id, ...ended.map(({ id }) => id)], now);
    return settled.map(({ id, eventId, state }) => ({ id, eventId, state }));
  });
}

/** What kept the agent from working is over once a task has succeeded. */
async function tellOfOutcome(tx: Tx, { task, outcome, ownerNews, now }: AttemptRecord): Promise<void> {
  if (outcome.kind === 'succeeded') await settleAgentNews(tx, now);
  else if (ownerNews !== undefined)
    await tellOwner(tx, { origin: 'agent', text: ownerNews, taskId: task.id, now });
}

/** The owner decides: what was begun may have been done. */
async function tellOfDoubt(tx: Tx, { task, progress, inDoubt = false, now }: AttemptRecord): Promise<void> {
  if (!inDoubt) return;
  await tellOwner(tx, { origin: 'task', text: doubtNews(task.id, progress), taskId: task.id, now });
}

/** Only a turn that came to its end has done what they asked for; a cancelled one was not to. */
function settleMessages(tx: Tx, { task, verdict, heard, reply, now }: AttemptRecord) {
  const isOver = verdict.state === 'done' || verdict.state === 'cancelled';
  return settleSteered(tx, {
    hostId: task.id,
    ended: isOver ? heard : [],
    state: verdict.state === 'cancelled' ? 'cancelled' : 'done',
    reply: reply,
    now,
  });
}

async function isRecorded(tx: Tx, { task, outcome, verdict }: AttemptRecord): Promise<boolean> {
  const attempts = verdict.state === 'queued' && !verdict.spendsAttempt ? task.attempt - 1 : task.attempt;
  const { rowCount } = await tx.query({
    name: 'tasks-is-recorded',
    text: `SELECT FROM tasks WHERE id = $1 AND state = $2 AND outcome = $3 AND attempts = $4`,
    values: [task.id, verdict.state, outcome.kind, attempts],
  });
  return rowCount === 1;
}

/** What an attempt has cost is spent, whoever goes on with its task. */
async function bookSuperseded(
  tx: Tx,
  { task, agent, resumed, now }: AttemptRecord,
  cost: AttemptCost,
): Promise<void> {
  const { rowCount: isBooked } = await tx.query({
    name: 'activity-attempt-is-superseded',
    text: `SELECT FROM activity_log
            WHERE task_id = $1 AND action = 'task.superseded' AND detail->>'worker' = $2 AND detail->'attempt' = to_jsonb($3::int)`,
    values: [task.id, task.worker, task.attempt],
  });
  if (isBooked !== 0) return;
  const { rowCount: hasRun } = await tx.query({
    name: 'tasks-add-cost',
    text: `UPDATE tasks SET cost_usd = cost_usd + $2::numeric
            WHERE id = $1 AND (attempts >= $3 OR worker IS DISTINCT FROM $4)`,
    values: [task.id, cost.costUsd, task.attempt, task.worker],
  });
  if (hasRun !== 1) return;
  await bookCost(tx, task.id, cost, now);
  if (task.conversation !== null && resumed !== null && task.forkOf == null)
    await raiseHighWater(tx, task.conversation, resumed, cost);
  const detail = { worker: task.worker, attempt: task.attempt, costUsd: cost.costUsd, agent };
  await recordActivity(tx, {
    at: now,
    actor: 'tasks',
    action: 'task.superseded',
    summary: `attempt ${task.attempt} of task ${task.id} ended after another daemon had taken the task over`,
    eventId: task.eventId,
    taskId: task.id,
    detail,
  });
}

function updateTask(tx: Tx, record: AttemptRecord, costUsd: number) {
  const { task, outcome, verdict, now } = record;
  const queued = verdict.state === 'queued';
  const text = `
    UPDATE tasks
       SET state = $4, outcome = $5, reason = $6, reply = $7, progress = $8,
           attempts = attempts - $9::int, run_after = CASE WHEN $4 = 'queued' THEN $10 ELSE run_after END,
           waits_from = CASE WHEN $4 = 'queued' THEN $15::timestamptz ELSE waits_from END,
           agent = coalesce($11, agent), memories = coalesce($12, memories), session_id = $13, cost_usd = cost_usd + $14::numeric,
           finished_at = CASE WHEN $4 = 'queued' THEN NULL ELSE $15::timestamptz END,
           worker = CASE WHEN $4 = 'queued' THEN NULL ELSE worker END, lease_until = NULL, process = NULL,
           cut_off = CASE WHEN $4 = 'done' THEN NULL ELSE coalesce($16, cut_off) END, in_doubt = $17
     WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running' RETURNING reply_to IS NOT NULL AS "repliesTo"`;
  return tx.query<{ repliesTo: boolean }>({
    name: 'tasks-record-outcome',
    text,
    values: [
      task.id,
      task.worker,
      task.attempt,
      verdict.state,
      outcome.kind,
      'reason' in outcome ? outcome.reason : (record.note ?? null),
      record.reply,
      record.progress,
      queued && !verdict.spendsAttempt ? 1 : 0,
      queued ? new Date(now.getTime() + verdict.delayMs) : now,
      json(record.agent),
      json(record.memories),
      record.sessionId,
      costUsd,
      now,
      json(record.cutOff),
      queued && record.inDoubt === true,
    ],
  });
}

async function updateConversation(tx: Tx, record: AttemptRecord, cost: AttemptCost): Promise<void> {
  const { task, now, resumed, sessionId, keepSession, staleSession } = record;
  if (task.conversation === null) return;
  await tx.query({
    name: 'conversations-touch',
    // A session belongs to the agent that keeps it.
    text: `INSERT INTO conversations (id, created_at, last_used_at, works_in, agent) VALUES ($1, $2, $2, $3, $4)
           ON CONFLICT (id) DO UPDATE
             SET last_used_at = $2, agent = coalesce($4, conversations.agent),
                 session_id = CASE WHEN $4 <> conversations.agent THEN NULL ELSE conversations.session_id END`,
    values: [task.conversation, now, task.worksIn ?? null, record.conversationAgent ?? null],
  });
  if (staleSession) await setSession(tx, task.conversation, null, noCost);
  if (keepSession) await setSession(tx, task.conversation, sessionId, cost);
  // A failed run may have spent money in the session that it resumed, which the next run's figures will include.
  // That of a fork is not gone on with.
  else if (resumed !== null && task.forkOf == null)
    await raiseHighWater(tx, task.conversation, resumed, cost);
}

type HighWater = Pick<AttemptCost, 'highWaterUsd' | 'usageHighWater'>;

const noCost: HighWater = { highWaterUsd: 0, usageHighWater: {} };

function setSession(tx: Tx, conversation: string, sessionId: string | null, mark: HighWater) {
  return tx.query({
    name: 'conversations-session',
    text: `UPDATE conversations SET session_id = $2, cost_high_water_usd = $3::numeric, usage_high_water = $4 WHERE id = $1`,
    values: [conversation, sessionId, mark.highWaterUsd, json(mark.usageHighWater)],
  });
}

function raiseHighWater(tx: Tx, conversation: string, sessionId: string, mark: HighWater) {
  return tx.query({
    name: 'conversations-high-water',
    text: `UPDATE conversations
              SET cost_high_water_usd = $3::numeric, usage_high_water = $4
            WHERE id = $1 AND session_id = $2`,
    values: [conversation, sessionId, mark.highWaterUsd, json(mark.usageHighWater)],
  });
}

const eventStatus = {
  done: 'done',
  failed: 'failed',
  cancelled: 'failed',
  dead: 'dead',
  queued: 'task',
} as const;

function endEvent(tx: Tx, { task, outcome, verdict, reply }: AttemptRecord) {
  return tx.query({
    name: 'events-end',
    text: `UPDATE events SET status = $2, reason = $3, reply = $4 WHERE id = $1`,
    values: [
      task.eventId,
      eventStatus[verdict.state],
      'reason' in outcome ? outcome.reason : null,
      verdict.state === 'done' ? reply : null,
    ],
  });
}

function logAttempt(tx: Tx, { task, outcome, verdict, agent, note, now }: AttemptRecord, costUsd: number) {
  return tx.query({
    name: 'activity-task-attempt',
    text: `INSERT INTO activity_log (at, actor, action, summary, event_id, task_id, detail)
           VALUES ($1, 'tasks', $2, $3, $4, $5, $6)`,
    values: [
      now,
      `task.${verdict.state === 'queued' ? 'requeued' : verdict.state}`,
      summaryOf(task.id, task.attempt, outcome, verdict),
      task.eventId,
      task.id,
      JSON.stringify({ outcome: outcome.kind, attempt: task.attempt, costUsd, agent, ...(note && { note }) }),
    ],
  });
}

function summaryOf(id: number, attempt: number, outcome: Outcome, verdict: Verdict): string {
  if (outcome.kind === 'succeeded') return `task ${id} is done`;
  const next = verdict.state === 'queued' ? 'is queued again' : `is ${verdict.state}`;
  return `task ${id} ${next} after attempt ${attempt}: ${outcome.reason}`;
}

function json(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}
