import type { MemoryKind, MemoryOrigin } from '../kinds.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import { dayName } from '../../lib/local-time.ts';
import { storableText } from '../../lib/store/storable.ts';
import { importanceOf } from '../keep/importance.ts';
import type { Tx } from '../../lib/store/store.ts';

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
export async function insertMemory(tx: Tx, memory: NewMemory): Promise<number> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'memories-insert',
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, origin, importance, title, tags, conversation, event_id,
                                          task_id, created_at, last_seen_at, day)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13) RETURNING id`,
    values: valuesOf(memory),
  });
  return (rows[0] as { id: number }).id;
}

function valuesOf(memory: NewMemory): unknown[] {
  const { content, kind, source, trust, origin, importance, title, tags, conversation, eventId, taskId } =
    memory;
  return [
    kind,
    storableText(content),
    source,
    trust,
    origin,
    importance ?? importanceOf(memory),
    title === undefined ? null : storableText(title),
    (tags ?? []).map(storableText),
    conversation ?? null,
    eventId ?? null,
    taskId ?? null,
    memory.now,
    dayName(memory.now),
  ];
}
