import type { Outcome } from '../../agent/outcome.ts';
import type { Verdict } from '../../agent/retry.ts';
import { keepNotice, settleNotices } from '../notices/notices.ts';
import type { Store } from '../store.ts';
import type { TaskAttempt } from './attempt.ts';
import type { UsageByModel } from '../../spend/model-usage.ts';
import { type AttemptCost, bookCost, costOfAttempt } from './book-cost.ts';
import { findSteered, type SettledMessage, settleSteered } from './steered.ts';

/** What a finished attempt has to say. */
export interface AttemptRecord {
  task: TaskAttempt & {
    eventId: number;
    conversation: string | null;
    forkOf?: string | null;
    worksIn?: string | null;
  };
  outcome: Outcome;
  verdict: Verdict;
  /** What came of the reply, whole or in part. */
  reply: string;
  progress: string;
  /** What the agent was: kind, path, version. Null leaves what the row says. */
  agent: unknown;
  /** Ids and kinds of the memories that were given to it. Null leaves what the row says. */
  memories: unknown;
  /** The session that the run went by, if it told. */
  sessionId: string | null;
  /** The session that it resumed or forked, or null. */
  resumed: string | null;
  /** False where the session is not worth resuming: a failed run, the offline agent. */
  keepSession: boolean;
  /** True when the session that was to be resumed is not there. */
  staleSession: boolean;
  /** What the session has cost by now, all its runs together; undefined without a result line. */
  sessionCostUsd: number | undefined;
  /** The CLI's figures by model; like the cost they accumulate over the session. */
  usage: unknown;
  /** The tokens that came after the last result, and whether the CLI lived to write down what its session cost. */
  unbilled: UsageByModel;
  endedItself: boolean;
  /** The messages that were steered into it and end with it; every other one waits for a run of its own. */
  heard: readonly number[];
  /** For people: what was odd about the end. */
  note: string | undefined;
  /** What the owner is to be told, since only they can end it. */
  notice?: string | undefined;
  now: Date;
}

/**
 * Records the end of an attempt in one transaction: the task's row, its event, the conversation, the log.
 * Costs are booked, by model, as the difference to the session's high-water mark, since the CLI's figures accumulate.
 * Resolves to the messages that were steered into the task, or to undefined, having changed nothing, when the attempt is
 * not this worker's any more. Recording twice does no harm: the answer to a COMMIT may have been lost on the way.
 */
export function recordOutcome(store: Store, record: AttemptRecord): Promise<SettledMessage[] | undefined> {
  return store.transaction(async (tx) => {
    const { task, verdict, now } = record;
    const conversation = task.forkOf ?? task.conversation;
    const cost = await costOfAttempt(tx, { ...record, conversation });
    const { rowCount } = await updateTask(tx, record, cost.costUsd);
    if (rowCount !== 1) return (await isRecorded(tx, record)) ? findSteered(tx, task.id) : undefined;
    await bookCost(tx, task.id, cost, now);
    await updateConversation(tx, record, cost);
    if (verdict.state !== 'queued') await endEvent(tx, record);
    await logAttempt(tx, record, cost.costUsd);
    await noteForOwner(tx, record);
    return task.conversation === null ? [] : settleMessages(tx, record);
  });
}

/** What kept the agent from working is over once a task has succeeded. */
async function noteForOwner(tx: Tx, { task, outcome, notice, now }: AttemptRecord): Promise<void> {
  if (outcome.kind === 'succeeded') await settleNotices(tx, { origin: 'agent', now });
  else if (notice !== undefined)
    await keepNotice(tx, { origin: 'agent', text: notice, taskId: task.id, now });
}

/** Only a turn that came to its end has done what they asked for; a cancelled one was not to. */
function settleMessages(
  tx: Tx,
  { task, verdict, heard, reply, now }: AttemptRecord,
): Promise<SettledMessage[]> {
  const isOver = verdict.state === 'done' || verdict.state === 'cancelled';
  return settleSteered(tx, {
    hostId: task.id,
    ended: isOver ? heard : [],
    state: verdict.state === 'cancelled' ? 'cancelled' : 'done',
    reply: storable(reply),
    now,
  });
}

type Tx = Pick<Store, 'query'>;

async function isRecorded(tx: Tx, { task, outcome, verdict }: AttemptRecord): Promise<boolean> {
  const attempts = verdict.state === 'queued' && !verdict.spendsAttempt ? task.attempt - 1 : task.attempt;
  const { rowCount } = await tx.query({
    name: 'tasks-is-recorded',
    text: `SELECT FROM tasks WHERE id = $1 AND state = $2 AND outcome = $3 AND attempts = $4`,
    values: [task.id, verdict.state, outcome.kind, attempts],
  });
  return rowCount === 1;
}

function updateTask(tx: Tx, record: AttemptRecord, costUsd: number) {
  const { task, outcome, verdict, now } = record;
  const queued = verdict.state === 'queued';
  const text = `
    UPDATE tasks
       SET state = $4, outcome = $5, reason = $6, reply = $7, progress = $8,
           attempts = attempts - $9::int, run_after = CASE WHEN $4 = 'queued' THEN $10 ELSE run_after END,
           agent = coalesce($11, agent), memories = coalesce($12, memories), session_id = $13, cost_usd = cost_usd + $14::numeric,
           finished_at = CASE WHEN $4 = 'queued' THEN NULL ELSE $15::timestamptz END,
           worker = CASE WHEN $4 = 'queued' THEN NULL ELSE worker END, lease_until = NULL, process = NULL
     WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`;
  return tx.query({
    name: 'tasks-record-outcome',
    text,
    values: [
      task.id,
      task.worker,
      task.attempt,
      verdict.state,
      outcome.kind,
      'reason' in outcome ? outcome.reason : (record.note ?? null),
      storable(record.reply),
      storable(record.progress),
      queued && !verdict.spendsAttempt ? 1 : 0,
      queued ? new Date(now.getTime() + verdict.delayMs) : now,
      json(record.agent),
      json(record.memories),
      record.sessionId,
      costUsd,
      now,
    ],
  });
}

async function updateConversation(tx: Tx, record: AttemptRecord, cost: AttemptCost): Promise<void> {
  const { task, now, resumed, sessionId, keepSession, staleSession } = record;
  if (task.conversation === null) return;
  await tx.query({
    name: 'conversations-touch',
    text: `INSERT INTO conversations (id, created_at, last_used_at, works_in) VALUES ($1, $2, $2, $3)
           ON CONFLICT (id) DO UPDATE SET last_used_at = $2`,
    values: [task.conversation, now, task.worksIn ?? null],
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
      verdict.state === 'done' ? storable(reply) : null,
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
  return value == null ? null : JSON.stringify(value).replaceAll('\\u0000', '\\ufffd');
}

/** Postgres cannot store NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '�');
}
