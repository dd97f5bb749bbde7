import type { MemoryKind, MemoryOrigin } from '../../memory/kinds.ts';
import type { Trust } from '../../recall/trust.ts';
import { cleanText } from '../../remember/clean.ts';
import { importanceOf } from '../../remember/importance.ts';
import type { Store } from '../store.ts';

/** A memory as it comes in. Its text may be of any length; NUL and halves of characters become U+FFFD. */
export interface NewMemory {
  content: string;
  kind: MemoryKind;
  source: string;
  trust: Trust;
  origin: MemoryOrigin;
  /** From 0 to 1. Left out, it is what the text and its kind deserve. */
  importance?: number | undefined;
  title?: string | undefined;
  tags?: readonly string[] | undefined;
  conversation?: string | undefined;
  eventId?: number | undefined;
  taskId?: number | undefined;
  now: Date;
}

/**
 * Stores a memory that nothing recalls yet: the memory keeper redacts, cuts, embeds and compares every row that is not
 * `prepared`, whoever stored it. Resolves to its id.
 */
export async function insertMemory(tx: Pick<Store, 'query'>, memory: NewMemory): Promise<number> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'memories-insert',
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, origin, importance, title, tags, conversation, event_id,
                                          task_id, created_at, last_seen_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id`,
    values: valuesOf(memory),
  });
  return (rows[0] as { id: number }).id;
}

function valuesOf(memory: NewMemory): unknown[] {
  const { content, kind, source, trust, origin, importance, title, tags, conversation, eventId, taskId } =
    memory;
  return [
    kind,
    cleanText(content),
    source,
    trust,
    origin,
    importance ?? importanceOf(memory),
    title === undefined ? null : cleanText(title),
    (tags ?? []).map(cleanText),
    conversation ?? null,
    eventId ?? null,
    taskId ?? null,
    memory.now,
  ];
}
