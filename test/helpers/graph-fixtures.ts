import { extract } from '../../src/graph/extract/extract.ts';
import type { EntityName, Extraction } from '../../src/graph/extract/extraction.ts';
import { createGazetteer } from '../../src/graph/extract/gazetteer.ts';
import type { Reader } from '../../src/graph/learn.ts';
import { sentencesOf } from '../../src/graph/extract/plain-text.ts';
import type { Tx } from '../../src/lib/store/store.ts';

export const generousLimits = { entities: 100, relations: 150 };

/** Draws names from a text in this thread. */
export function extractFrom(text: string, names: readonly EntityName[] = []): Extraction {
  return extract(sentencesOf(text), { gazetteer: createGazetteer(names), limits: generousLimits });
}

/** A reader without a thread of its own. */
export function directReader(): Reader {
  let names: readonly EntityName[] = [];
  return {
    learnNames(known) {
      names = known;
      return Promise.resolve();
    },
    read: (text) => Promise.resolve().then(() => extractFrom(text, names)),
  };
}

export interface MemoryFixture {
  source?: string;
  trust?: 'owner' | 'local' | 'untrusted';
  eventId?: number;
  prepared?: boolean;
  at?: Date;
}

/** Puts a memory into the store; resolves to its id. */
export async function putMemory(
  store: Tx,
  content: string,
  { source = 'cli', trust = 'owner', eventId, prepared = true, at = new Date() }: MemoryFixture = {},
): Promise<number> {
  const { rows } = await store.query<{ id: number }>({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, event_id, prepared, created_at, last_seen_at)
           VALUES ('note', $1, $2, $3, $4, $5, $6, $6) RETURNING id`,
    values: [content, source, trust, eventId ?? null, prepared, at],
  });
  return rows[0]?.id ?? 0;
}

/** Puts a task that has ended into the store; resolves to its id. */
export async function putTask(
  store: Tx,
  {
    prompt,
    reply = null,
    source = 'cli',
    eventId,
    memories = [],
  }: { prompt: string; reply?: string | null; source?: string; eventId: number; memories?: { id: string }[] },
): Promise<number> {
  const { rows } = await store.query<{ id: number }>({
    text: `INSERT INTO tasks (event_id, priority, source, category, prompt, reply, memories, run_after, queued_at)
           VALUES ($1, 0, $2, 'ask', $3, $4, $5, now(), now()) RETURNING id`,
    values: [eventId, source, prompt, reply, JSON.stringify(memories)],
  });
  const id = rows[0]?.id ?? 0;
  await store.query({
    text: `UPDATE tasks SET state = 'done', finished_at = now() WHERE id = $1`,
    values: [id],
  });
  return id;
}
