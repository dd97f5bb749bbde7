import type { Store } from '../../lib/store/store.ts';

/** What came of one word that an agent was asked for. */
export interface AgentTry {
  taskId: number | null;
  /** `queued` or `running` while it is open; `done`, or how else it ended. */
  state: string;
  /** Who answered; null where nobody has. */
  answeredBy: string | null;
  /** Why another one stood in. */
  instead: string | null;
  reply: string;
  reason: string | null;
  /** From the question to the end; null while it is open. */
  tookMs: number | null;
}

/** The try of that key, or undefined where its event is not recorded yet. */
export async function findAgentTry(store: Pick<Store, 'query'>, key: string): Promise<AgentTry | undefined> {
  const { rows } = await store.query<AgentTry>({
    name: 'agents-try-find',
    text: `SELECT task.id AS "taskId", coalesce(task.state, event.status) AS state, task.agent->>'kind' AS "answeredBy",
                  task.agent->>'instead' AS instead, left(coalesce(task.reply, event.reply, ''), 2000) AS reply,
                  coalesce(task.reason, event.reason) AS reason,
                  (extract(epoch FROM task.finished_at - event.received_at) * 1000)::int AS "tookMs"
             FROM events AS event LEFT JOIN tasks AS task ON task.event_id = event.id WHERE event.dedup_key = $1`,
    values: [key],
  });
  return rows[0];
}
