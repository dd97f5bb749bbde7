import type { Lineage } from '../../lib/wire/standing.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A task that has ended and of which no memory was made yet. */
export interface EndedTask {
  id: number;
  event_id: number;
  source: string;
  conversation: string | null;
  state: string;
  outcome: string | null;
  prompt: string;
  /** Messages that were steered into it and ended with it. */
  follow_ups: string[];
  reply: string | null;
  /** The kind of its agent. */
  agent: string | null;
  lineage: Lineage | null;
  finished_at: Date;
  /** When its event happened, or when it was queued where the event is not kept any more. */
  happened_at: Date;
  /** The memories that it was given, as far as they are still there. */
  given: { id: number; trust: string; content: string }[];
}

const maxPromptChars = 2_000;
const maxReplyChars = 8_000;
const maxGivenChars = 4_000;

/** The next tasks to look at, in the order in which they were queued. */
export async function nextEndedTasks(store: Tx, limit: number): Promise<EndedTask[]> {
  const { rows } = await store.query<EndedTask>({
    name: 'memories-ended-tasks',
    text: `
      SELECT id, event_id, source, conversation, state, outcome, left(prompt, ${maxPromptChars}) AS prompt,
             ARRAY(SELECT left(message.prompt, ${maxPromptChars}) FROM tasks AS message
                    WHERE message.steered_into = task.id AND message.outcome = 'steered' ORDER BY message.id LIMIT 5) AS follow_ups,
             left(reply, ${maxReplyChars}) AS reply, agent ->> 'kind' AS agent, finished_at,
             coalesce((SELECT occurred_at FROM events WHERE events.id = task.event_id), queued_at) AS happened_at,
             (SELECT jsonb_build_object('depth', depth, 'trust', trust)
                FROM self_tasks JOIN events USING (dedup_key) WHERE events.id = task.event_id) AS lineage,
             coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'trust', m.trust, 'content', left(m.content, ${maxGivenChars})))
                FROM jsonb_array_elements(memories) AS given
                JOIN memory_embeddings AS m ON m.id = substring(given ->> 'id' FROM '^memory:(\\d{1,15})$')::bigint), '[]') AS given
        FROM tasks AS task
       WHERE finished_at IS NOT NULL AND (remembered_at IS NULL OR remembered_at < finished_at)
       ORDER BY id LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** Notes that a task was looked at. False where somebody else was quicker or it runs again. */
export async function settleEndedTask(tx: Tx, { id, finished_at: at }: EndedTask): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'memories-settle-task',
    text: `UPDATE tasks SET remembered_at = finished_at
            WHERE id = $1 AND finished_at = $2 AND (remembered_at IS NULL OR remembered_at < finished_at)`,
    values: [id, at],
  });
  return rowCount === 1;
}
