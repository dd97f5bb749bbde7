import type { Store } from '../../lib/store/store.ts';

/** A message of a conversation and what came of it. */
export interface TurnRow {
  eventId: number;
  conversation: string;
  source: string;
  dedupKey: string | null;
  receivedAt: Date;
  payload: string;
  status: string;
  eventReason: string | null;
  eventReply: string | null;
  taskId: number | null;
  /** The task of before that has taken this message in. */
  steeredInto: number | null;
  state: string | null;
  taskReason: string | null;
  taskReply: string | null;
  progress: string | null;
  finishedAt: Date | null;
  memories: number | null;
  /** Tools that the agent has called for it. */
  calls: number | null;
  costUsd: number | null;
  /** The kind of agent that runs it, once one does. */
  agent: string | null;
  /** Why that one stands in for another one. */
  instead: string | null;
}

const turns = `
  SELECT event.id AS "eventId", event.conversation, event.source, event.dedup_key AS "dedupKey",
         event.received_at AS "receivedAt",
         left(event.payload, 120000) AS payload, event.status, event.reason AS "eventReason", event.reply AS "eventReply",
         task.id AS "taskId", task.steered_into AS "steeredInto", task.state, task.reason AS "taskReason", task.reply AS "taskReply", task.progress,
         task.finished_at AS "finishedAt", jsonb_array_length(task.memories)::int AS memories,
         (SELECT count(*)::int FROM task_transcripts transcript, jsonb_array_elements(transcript.entries) entry
           WHERE transcript.task_id = task.id AND entry->>'kind' = 'called') AS calls, task.cost_usd::float8 AS "costUsd",
         task.agent->>'kind' AS agent, task.agent->>'instead' AS instead
    FROM events event LEFT JOIN tasks task ON task.event_id = event.id`;

const hiddenUntil = `coalesce((SELECT hidden_until FROM conversation_marks mark WHERE mark.conversation = event.conversation), 0)`;

/** The newest turns of a conversation, those before `before` where it is given; newest first. */
export async function listTurns(
  store: Pick<Store, 'query'>,
  { conversation, before, limit }: { conversation: string; before: number | undefined; limit: number },
): Promise<TurnRow[]> {
  const { rows } = await store.query<TurnRow>({
    name: 'chat-turns-list',
    text: `${turns} WHERE event.conversation = $1 AND event.id > ${hiddenUntil} AND ($2::bigint IS NULL OR event.id < $2) ORDER BY event.id DESC LIMIT $3`,
    values: [conversation, before ?? null, limit],
  });
  return rows;
}

/** The turns of these events; those of no conversation are left out. */
export async function findTurns(
  store: Pick<Store, 'query'>,
  eventIds: readonly number[],
): Promise<TurnRow[]> {
  const { rows } = await store.query<TurnRow>({
    name: 'chat-turns-find',
    text: `${turns} WHERE event.id = ANY ($1::bigint[]) AND event.conversation IS NOT NULL ORDER BY event.id`,
    values: [eventIds],
  });
  return rows;
}
