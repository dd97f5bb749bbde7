import type { Store } from '../store.ts';

/** A message of a conversation and what came of it. */
export interface TurnRow {
  event_id: number;
  conversation: string;
  source: string;
  dedup_key: string | null;
  received_at: Date;
  payload: string;
  status: string;
  event_reason: string | null;
  event_reply: string | null;
  task_id: number | null;
  state: string | null;
  task_reason: string | null;
  task_reply: string | null;
  progress: string | null;
  finished_at: Date | null;
  memories: number | null;
  cost_usd: number | null;
}

const turns = `
  SELECT event.id AS event_id, event.conversation, event.source, event.dedup_key, event.received_at,
         left(event.payload, 120000) AS payload, event.status, event.reason AS event_reason, event.reply AS event_reply,
         task.id AS task_id, task.state, task.reason AS task_reason, task.reply AS task_reply, task.progress,
         task.finished_at, jsonb_array_length(task.memories)::int AS memories, task.cost_usd::float8 AS cost_usd
    FROM events event LEFT JOIN tasks task ON task.event_id = event.id`;

/** The newest turns of a conversation, those before `before` where it is given; newest first. */
export async function listTurns(
  store: Pick<Store, 'query'>,
  { conversation, before, limit }: { conversation: string; before: number | undefined; limit: number },
): Promise<TurnRow[]> {
  const { rows } = await store.query<TurnRow>({
    name: 'chat-turns-list',
    text: `${turns} WHERE event.conversation = $1 AND ($2::bigint IS NULL OR event.id < $2) ORDER BY event.id DESC LIMIT $3`,
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
