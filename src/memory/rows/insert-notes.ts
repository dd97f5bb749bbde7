import { numberArray, textArray } from '../../lib/store/array-literal.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { NotedMemory, WaitingCount } from './inbox.ts';

/** A note that becomes a memory, prepared where it has a merge key. */
export interface SettledNote {
  memory: NotedMemory;
  count: Omit<WaitingCount, 'inbox_id'>;
  content: string;
  redacted: number;
  mergeKey?: string;
  things: readonly string[];
  /** See `plainCodes`. */
  codes: readonly string[] | undefined;
}

/** Stores notes as memories under the ids that they have already. */
export async function insertNotes(tx: Tx, notes: readonly SettledNote[]): Promise<void> {
  if (notes.length === 0) return;
  const memories = notes.map(({ memory }) => memory);
  const counts = notes.map(({ count }) => count);
  await tx.query({
    name: 'memories-insert-notes',
    text: `INSERT INTO memory_embeddings
             (id, kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at,
              last_seen_at, day, redacted, prepared, merge_key, things, search)
           OVERRIDING SYSTEM VALUE
           SELECT id, kind, content, source, trust, origin, importance, title, tags::text[], conversation, event_id, seen_count,
                  to_timestamp(created_ms / 1000), to_timestamp(last_seen_ms / 1000), day::date, redacted, merge_key IS NOT NULL,
                  merge_key, things::text[], CASE WHEN codes IS NULL THEN '' ELSE to_tsvector('english', content) || array_to_tsvector(codes::text[]) END
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::real[], $8::text[], $9::text[],
                         $10::text[], $11::bigint[], $12::int[], $13::float8[], $14::float8[], $15::text[], $16::int[], $17::text[],
                         $18::text[], $19::text[])
               AS given (id, kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count,
                         created_ms, last_seen_ms, day, redacted, merge_key, things, codes)`,
    values: [
      numberArray(memories.map(({ id }) => id)),
      textArray(memories.map(({ kind }) => kind)),
      textArray(notes.map(({ content }) => content)),
      textArray(memories.map(({ source }) => source)),
      textArray(memories.map(({ trust }) => trust)),
      textArray(memories.map(({ origin }) => origin)),
      numberArray(memories.map(({ importance }) => importance)),
      textArray(memories.map(({ title }) => title ?? undefined)),
      textArray(memories.map(({ tags }) => textArray(tags))),
      textArray(memories.map(({ conversation }) => conversation ?? undefined)),
      numberArray(memories.map(({ event_id: event }) => event)),
      numberArray(counts.map(({ seen_count: seen }) => seen)),
      numberArray(counts.map(({ created_at: at }) => at.getTime())),
      numberArray(counts.map(({ last_seen_at: at }) => at.getTime())),
      textArray(counts.map(({ day }) => day)),
      numberArray(notes.map(({ redacted }) => redacted)),
      textArray(notes.map(({ mergeKey }) => mergeKey)),
      textArray(notes.map(({ things }) => textArray(things))),
      textArray(notes.map(({ codes, count }) => codes && textArray([...codes, dayWord(count.day)]))),
    ],
  });
}

/** The word by which a day, `YYYY-MM-DD`, is found in any year, as `memory_day_word` of the database makes it. */
function dayWord(day: string): string {
  return `day${day.slice(-5)}`;
}
