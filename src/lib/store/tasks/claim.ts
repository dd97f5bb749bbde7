import type { Lineage } from '../../permissions/standing.ts';
import type { Store } from '../store.ts';

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
  /** The agent session of its conversation, if that has one and was used within the last week. */
  resume: string | null;
  /** Where a task that another one queued comes from; null for every other. */
  lineage?: Lineage | null;
}

export interface ClaimOptions {
  worker: string;
  now: Date;
  leaseMs: number;
  /** Take priority 0 only. */
  humanOnly: boolean;
}

const oneRunningPerConversation = 'tasks_one_running_a_conversation';
const uniqueViolation = '23505';
const maxLostRaces = 10;
/** A conversation that rested longer begins anew: what mattered is recalled, and the old words cost less. */
const sessionIdleDays = 7;

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
  { worker, now, leaseMs, humanOnly }: ClaimOptions,
): Promise<ClaimedTask | undefined> {
  const { rows } = await store.query<ClaimedTask>({
    name: 'tasks-claim',
    text: `
        UPDATE tasks AS task
           SET state = 'running', worker = $1, lease_until = $2::timestamptz + make_interval(secs => $3 / 1000.0),
               attempts = attempts + 1, started_at = $2, reason = NULL, process = NULL
         WHERE id = (
           SELECT id FROM tasks AS candidate
            WHERE state = 'queued' AND run_after <= $2 AND (priority = 0 OR NOT $4)
              AND NOT EXISTS (
                SELECT FROM tasks AS other
                 WHERE other.state = 'running' AND other.conversation = candidate.conversation)
            ORDER BY priority, id
              FOR UPDATE SKIP LOCKED LIMIT 1)
        RETURNING id, event_id AS "eventId", priority, source, category, conversation, prompt, reply_to AS "replyTo",
                  attempts AS attempt, worker,
                  (SELECT session_id FROM conversations
                    WHERE conversations.id = task.conversation
                      AND last_used_at > $2::timestamptz - make_interval(days => $5)) AS resume,
                  (SELECT jsonb_build_object('depth', depth, 'trust', trust)
                     FROM self_tasks JOIN events USING (dedup_key) WHERE events.id = task.event_id) AS lineage`,
    values: [worker, now, leaseMs, humanOnly, sessionIdleDays],
  });
  return rows[0];
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
    text: `SELECT min(run_after) AS due FROM tasks WHERE state = 'queued' AND run_after > $1`,
    values: [now],
  });
  const due = rows[0]?.due;
  return due == null ? undefined : Math.max(0, due.getTime() - now.getTime());
}
