import type { Lineage } from '../../lib/wire/standing.ts';
import type { Store } from '../../lib/store/store.ts';
import type { CutOff } from '../run/cut-off.ts';
import { isDue } from './is-due.ts';

/** A task row that this worker has just made its own. */
export interface ClaimedTask {
  id: number;
  eventId: number;
  priority: number;
  source: string;
  category: string;
  conversation: string | null;
  prompt: string;
  replyTo: string | null;
  /** Counts from 1; with `worker` it fences every later write about this attempt. */
  attempt: number;
  worker: string;
  /** The agent session to go on with: that of its conversation, unless it rested too long, or the one to fork. */
  resume: string | null;
  /** The conversation whose session is `resume`, where it is to be copied and not gone on with; else null. */
  forkOf?: string | null;
  /** The conversation in whose folder it works; null for its own, or where it has none. */
  worksIn?: string | null;
  /** The entry of `permissions.byCategory` that a rule gave it; null for that of its category. */
  permissionCategory?: string | null;
  /** The agent that its rule or message asks for; null or left out where none does. */
  wantsAgent?: string | null;
  /** The agent that keeps the session of its conversation (or of the one to fork, or of its last attempt). */
  sessionAgent?: string | null;
  /** Where a task that another one queued, or a goal, comes from; null for every other. */
  lineage?: Lineage | null;
  /** What the goal that caused it sets for one run; left out for every other. */
  terms?: GoalTerms;
  /** What an attempt before this one left in the middle of its work; left out where none did. */
  cutOff?: CutOff;
}

/** Limits of a run by the clock. */
export interface GoalTerms {
  /** The category whose permissions the run has. */
  category: string;
  model: string | null;
  /** The agent that the goal asks for. */
  agent?: string | null;
  /** What is left of it after the attempts before, in US dollars. */
  budgetUsd: number | null;
  timeoutMs: number;
}

export interface ClaimOptions {
  worker: string;
  now: Date;
  leaseMs: number;
  /** Take priority 0 only. */
  humanOnly: boolean;
  /** Conversations to leave alone, besides those with a running row. Default: none. */
  busy?: readonly string[];
  /** A conversation that rested longer begins anew: what mattered is recalled, and the old words cost less. Default 7. */
  sessionIdleDays?: number;
}

const oneRunningPerConversation = 'tasks_one_running_a_conversation';
const uniqueViolation = '23505';
const maxLostRaces = 10;

/**
 * Claims the most urgent due row, oldest first, whose conversation has no running task: it becomes `running`, leased,
 * one attempt spent. Undefined when there is none.
 */
export async function claimTask(
  store: Pick<Store, 'query'>,
  options: ClaimOptions,
): Promise<ClaimedTask | undefined> {
  for (let race = 1; ; race++) {
    try {
      return await claimFirst(store, options);
    } catch (thrown) {
      if (!lostTheRace(thrown) || race === maxLostRaces) throw thrown;
    }
  }
}

async function claimFirst(
  store: Pick<Store, 'query'>,
  { worker, now, leaseMs, humanOnly, busy = [], sessionIdleDays = 7 }: ClaimOptions,
): Promise<ClaimedTask | undefined> {
  const { rows } = await store.query<ClaimedRow>({
    name: 'tasks-claim',
    text: `
        UPDATE tasks AS task
           SET state = 'running', worker = $1, lease_until = $2::timestamptz + make_interval(secs => $3 / 1000.0),
               attempts = attempts + 1, started_at = $2, reason = NULL, process = NULL, steered_into = NULL
         WHERE id = (
           SELECT id FROM tasks AS candidate
            WHERE state = 'queued' AND NOT in_doubt AND ${isDue('$2')} AND (priority = 0 OR NOT $4)
              AND NOT EXISTS (
                SELECT FROM tasks AS other
                 WHERE other.state = 'running' AND other.conversation = candidate.conversation)
              AND (conversation IS NULL OR conversation <> ALL ($6::text[]))
            ORDER BY priority, id
              FOR UPDATE SKIP LOCKED LIMIT 1)
        RETURNING id, event_id AS "eventId", priority, source, category, conversation, prompt, reply_to AS "replyTo",
                  attempts AS attempt, worker, permission_category AS "permissionCategory",
                  wants_agent AS "wantsAgent", agent->>'kind' AS "ranBy",
                  cut_off AS "cutOff",
                  (SELECT jsonb_build_object('sessionId', session_id, 'agent', conversations.agent, 'worksIn', works_in,
                            'isIdle', last_used_at <= $2::timestamptz - make_interval(days => $5))
                     FROM conversations WHERE id = task.conversation) AS own,
                  (SELECT jsonb_build_object('id', id, 'sessionId', session_id, 'agent', conversations.agent, 'worksIn', coalesce(works_in, id))
                     FROM conversations WHERE id = task.fork_of AND id IS DISTINCT FROM task.conversation) AS parent,
                  (SELECT jsonb_build_object('depth', depth, 'trust', trust)
                     FROM self_tasks JOIN events USING (dedup_key) WHERE events.id = task.event_id) AS lineage,
                  (SELECT jsonb_build_object('category', terms->>'category', 'model', terms->>'model', 'agent', terms->>'agent', 'timeoutMs', (terms->>'timeoutMs')::bigint,
                            'budgetUsd', CASE WHEN terms->>'budgetUsd' IS NOT NULL
                              THEN greatest(0.01, (terms->>'budgetUsd')::numeric - task.cost_usd) END)
                     FROM goal_runs WHERE event_key = (SELECT dedup_key FROM events WHERE id = task.event_id)) AS terms`,
    values: [worker, now, leaseMs, humanOnly, sessionIdleDays, busy],
  });
  const [row] = rows;
  return row === undefined ? undefined : withSession(row);
}

interface ClaimedRow extends Omit<ClaimedTask, 'resume' | 'forkOf' | 'worksIn' | 'terms' | 'cutOff'> {
  cutOff: CutOff | null;
  terms: GoalTerms | null;
  ranBy: string | null;
  own: { sessionId: string | null; agent: string | null; worksIn: string | null; isIdle: boolean } | null;
  parent: { id: string; sessionId: string | null; agent: string | null; worksIn: string } | null;
}

/** A fork only begins a conversation: one that has a session goes its own way. */
function withSession(claimed: ClaimedRow): ClaimedTask {
  const { cutOff, ranBy, ...row } = claimed;
  const task = sessionOf(row);
  if (cutOff === null) return task;
  // Its own session is that of its conversation, or the beginning of one.
  const own =
    cutOff.sessionId === null ? {} : { resume: cutOff.sessionId, forkOf: null, sessionAgent: ranBy };
  return { ...task, ...own, cutOff };
}

function sessionOf({ own, parent, terms, ...row }: Omit<ClaimedRow, 'cutOff' | 'ranBy'>): ClaimedTask {
  const task = terms === null ? row : { ...row, terms };
  const ownSession = own?.sessionId ?? null;
  if (parent === null || ownSession !== null) {
    const resume = own?.isIdle === true ? null : ownSession;
    return { ...task, resume, forkOf: null, worksIn: own?.worksIn ?? null, sessionAgent: own?.agent ?? null };
  }
  const forkOf = parent.sessionId === null ? null : parent.id;
  return {
    ...task,
    resume: parent.sessionId,
    forkOf,
    worksIn: own?.worksIn ?? parent.worksIn,
    sessionAgent: parent.agent,
  };
}

/** Another worker took the conversation in the same instant. The next look sees that it is taken. */
function lostTheRace(thrown: unknown): boolean {
  const { code, constraint } = thrown as { code?: unknown; constraint?: unknown };
  return code === uniqueViolation && constraint === oneRunningPerConversation;
}

/** Milliseconds until the next queued row is due (0: now), or undefined when none waits for its time. */
export async function untilNextDue(store: Pick<Store, 'query'>, now: Date): Promise<number | undefined> {
  const { rows } = await store.query<{ due: Date | null }>({
    name: 'tasks-next-due',
    text: `SELECT min(run_after) AS due FROM tasks WHERE state = 'queued' AND NOT in_doubt AND NOT ${isDue('$1')}`,
    values: [now],
  });
  const due = rows[0]?.due;
  return due == null ? undefined : Math.max(0, due.getTime() - now.getTime());
}
