import { type Lineage, standingOf } from '../../lib/wire/standing.ts';
import { type Trust, trustOf } from '../../lib/wire/trust.ts';
import { readPayload } from '../../lib/wire/parse-line.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { Origin, Pending } from './pending.ts';

/** A memory, task or report as the graph reads it. */
export interface GraphSource {
  origin: Origin;
  id: number;
  eventId: number | null;
  at: Date;
  /** The name of the event's source, such as `fleet:web-1`. */
  source: string;
  texts: readonly { text: string; trust: Trust }[];
}

interface MemoryRow {
  id: number;
  eventId: number | null;
  at: Date;
  source: string;
  content: string;
  trust: Trust;
}

interface TaskRow {
  id: number;
  eventId: number;
  at: Date;
  source: string;
  prompt: string;
  reply: string | null;
  lineage: Lineage | null;
  heardStrangers: boolean;
}

/** No text is read further than this. */
const maxChars = 60_000;

/** The rows that are pending, as far as they are still there. */
export async function loadSources(store: Tx, pending: readonly Pending[]): Promise<GraphSource[]> {
  const idsOf = (origin: Origin): number[] =>
    pending.filter((row) => row.origin === origin).map(({ origin_id: id }) => id);
  const memories = idsOf('memory');
  const tasks = idsOf('task');
  const events = idsOf('event');
  return [
    ...(memories.length === 0 ? [] : await loadMemories(store, memories)),
    ...(tasks.length === 0 ? [] : await loadTasks(store, tasks)),
    ...(events.length === 0 ? [] : await loadEvents(store, events)),
  ];
}

async function loadMemories(store: Tx, ids: readonly number[]): Promise<GraphSource[]> {
  const { rows } = await store.query<MemoryRow>({
    name: 'graph-load-memories',
    text: `SELECT id, event_id AS "eventId", created_at AS at, source, left(content, $2) AS content, trust
             FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND prepared`,
    values: [ids, maxChars],
  });
  return rows.map(({ content, trust, ...memory }) => ({
    origin: 'memory',
    ...memory,
    texts: [{ text: content, trust }],
  }));
}

async function loadTasks(store: Tx, ids: readonly number[]): Promise<GraphSource[]> {
  const { rows } = await store.query<TaskRow>({
    name: 'graph-load-tasks',
    text: `SELECT id, event_id AS "eventId", finished_at AS at, source, left(prompt, $2) AS prompt, left(reply, $2) AS reply,
                  (SELECT jsonb_build_object('depth', depth, 'trust', trust)
                     FROM self_tasks JOIN events USING (dedup_key) WHERE events.id = task.event_id) AS lineage,
                  EXISTS (SELECT FROM jsonb_array_elements(memories) AS given
                            JOIN memory_embeddings m ON m.id = substring(given ->> 'id' FROM '^memory:(\\d{1,15})$')::bigint
                           WHERE m.trust = 'untrusted') AS "heardStrangers"
             FROM tasks AS task WHERE id = ANY ($1::bigint[]) AND finished_at IS NOT NULL`,
    values: [ids, maxChars],
  });
  return rows.map((row) => ({
    origin: 'task',
    id: row.id,
    eventId: row.eventId,
    at: row.at,
    source: row.source,
    texts: textsOf(row),
  }));
}

async function loadEvents(store: Tx, ids: readonly number[]): Promise<GraphSource[]> {
  const { rows } = await store.query<{ id: number; at: Date; source: string; payload: string }>({
    name: 'graph-load-events',
    text: `SELECT id, received_at AS at, source, left(payload, $2) AS payload FROM events WHERE id = ANY ($1::bigint[])`,
    values: [ids, maxChars],
  });
  return rows.map(({ id, at, source, payload }) => ({
    origin: 'event',
    id,
    eventId: id,
    at,
    source,
    texts: [{ text: readPayload(payload).text, trust: trustOf(source) }],
  }));
}

/** A reply is the agent's own words: never the owner's, and a stranger's where it was told what strangers wrote. */
function textsOf(row: TaskRow): GraphSource['texts'] {
  const { trust } = standingOf(row);
  const prompt = { text: row.prompt, trust };
  if (row.reply === null) return [prompt];
  const replyTrust = row.heardStrangers || trust === 'untrusted' ? 'untrusted' : 'local';
  return [prompt, { text: row.reply, trust: replyTrust }];
}
