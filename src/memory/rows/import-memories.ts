import { dayName } from '../../lib/local-time.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A memory of an export, checked. */
export interface ImportedMemory {
  kind: string;
  content: string;
  title: string | null;
  source: string;
  trust: string;
  importance: number;
  tags: readonly string[];
  pinned: boolean;
  conversation: string | null;
  seenCount: number;
  createdAt: Date;
  lastSeenAt: Date;
}

/**
 * Stores memories of an export for the pipeline, in their order; one whose words are there already with the same trust, cut into
 * pieces where they were long, is left out, so that the same file can be imported again. Resolves to how many were new.
 */
export async function importMemories(tx: Tx, memories: readonly ImportedMemory[]): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'memories-import',
    text: `INSERT INTO memory_embeddings (origin, kind, content, title, source, trust, importance, tags, pinned, conversation,
                                          seen_count, created_at, last_seen_at, day)
           SELECT 'import', kind, content, title, source, trust, importance, tags, pinned, conversation, "seenCount",
                  "createdAt", "lastSeenAt", day
             FROM (
               SELECT DISTINCT ON (given.memory ->> 'content', given.memory ->> 'trust') place, fields.*
                 FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given (memory, place),
                      jsonb_to_record(given.memory) AS fields (kind text, content text, title text, source text, trust text,
                        importance real, tags text[], pinned boolean, conversation text, "seenCount" integer,
                        "createdAt" timestamptz, "lastSeenAt" timestamptz, day date)
                ORDER BY given.memory ->> 'content', given.memory ->> 'trust', place
             ) AS every
            WHERE NOT EXISTS (SELECT FROM memory_embeddings AS known
                               WHERE known.content_hash = md5(every.content) AND known.content = every.content
                                 AND known.trust = every.trust)
              AND NOT EXISTS (SELECT FROM memory_documents AS long JOIN memory_embeddings AS piece ON piece.document_id = long.id
                               WHERE long.content_hash = encode(sha256(convert_to(every.content, 'UTF8')), 'hex') AND long.trust = every.trust)
            ORDER BY place`,
    values: [JSON.stringify(memories.map((memory) => ({ ...memory, day: dayName(memory.createdAt) })))],
  });
  return rowCount ?? 0;
}
