import { numberArray, textArray } from '../../lib/store/array-literal.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { type StoredModel, storeVectors } from '../embed/vector-table.ts';
import { takeWaiting, type WaitingCount, type WaitingNote } from './inbox.ts';
import { replaceOutdated } from './outdated.ts';
import {
  type BatchOutcome,
  countSame,
  dropSuperseded,
  type KeptMemory,
  lockTargets,
  plainWords,
} from './settle-batch.ts';

/**
 * Carries out what was decided for notes in the inbox, in one transaction: those that are kept become memories that are
 * prepared already. What is counted is what the row in the inbox says by then; a note that went meanwhile is left out, and one
 * whose memory went stays for the next pass.
 */
export function settleNotes(
  store: Store,
  model: StoredModel,
  { kept, merged, dropped, superseded }: BatchOutcome<WaitingNote>,
): Promise<void> {
  return store.transaction(async (tx) => {
    const counts = new Map<number, WaitingCount>();
    const take = async (notes: readonly WaitingNote[]): Promise<void> => {
      for (const count of await takeWaiting(
        tx,
        notes.map(({ inbox_id: id }) => id),
      ))
        counts.set(count.inbox_id, count);
    };
    await take([...kept.map(({ memory }) => memory), ...dropped]);
    const there = kept.filter(({ memory }) => counts.has(memory.inbox_id));
    await insertKept(tx, there, counts);
    await storeVectors(
      tx,
      model,
      there.map(({ memory, vector }) => ({ memoryId: memory.id, vector })),
    );
    const targets = await lockTargets(tx, merged);
    const going = merged.filter(({ into }) => targets.has(into));
    await take(going.map(({ memory }) => memory));
    const renewed = await countSame(
      tx,
      going.flatMap((one) => {
        const count = counts.get(one.memory.inbox_id);
        return count === undefined ? [] : [{ ...one, memory: { ...one.memory, ...count } }];
      }),
    );
    await dropSuperseded(tx, superseded);
    const telling = there.filter(({ things }) => things.length > 0).map(({ memory }) => memory.id);
    await replaceOutdated(tx, [...telling, ...renewed]);
  });
}

const words = plainWords({ text: 'content', codes: 'codes', day: 'day::date' });

async function insertKept(
  tx: Tx,
  kept: readonly KeptMemory<WaitingNote>[],
  counts: ReadonlyMap<number, WaitingCount>,
): Promise<void> {
  if (kept.length === 0) return;
  const notes = kept.map(({ memory }) => memory);
  const countOf = ({ inbox_id: id }: WaitingNote): WaitingCount => counts.get(id) as WaitingCount;
  await tx.query({
    name: 'memories-insert-prepared',
    text: `INSERT INTO memory_embeddings
             (id, kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at,
              last_seen_at, day, redacted, prepared, merge_key, things, search)
           OVERRIDING SYSTEM VALUE
           SELECT id, kind, content, source, trust, origin, importance, title, tags::text[], conversation, event_id, seen_count,
                  to_timestamp(created_ms / 1000), to_timestamp(last_seen_ms / 1000), day::date, redacted, true, merge_key,
                  things::text[], CASE WHEN codes IS NULL THEN '' ELSE ${words} END
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::real[], $8::text[], $9::text[],
                         $10::text[], $11::bigint[], $12::int[], $13::float8[], $14::float8[], $15::text[], $16::int[], $17::text[],
                         $18::text[], $19::text[])
               AS given (id, kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count,
                         created_ms, last_seen_ms, day, redacted, merge_key, things, codes)`,
    values: [
      numberArray(notes.map(({ id }) => id)),
      textArray(notes.map(({ kind }) => kind)),
      textArray(kept.map(({ content }) => content)),
      textArray(notes.map(({ source }) => source)),
      textArray(notes.map(({ trust }) => trust)),
      textArray(notes.map(({ origin }) => origin)),
      numberArray(notes.map(({ importance }) => importance)),
      textArray(notes.map(({ title }) => title ?? undefined)),
      textArray(notes.map(({ tags }) => textArray(tags))),
      textArray(notes.map(({ conversation }) => conversation ?? undefined)),
      numberArray(notes.map(({ event_id: event }) => event)),
      numberArray(notes.map((note) => countOf(note).seen_count)),
      numberArray(notes.map((note) => countOf(note).created_at.getTime())),
      numberArray(notes.map((note) => countOf(note).last_seen_at.getTime())),
      textArray(notes.map((note) => countOf(note).day)),
      numberArray(kept.map(({ redacted }) => redacted)),
      textArray(kept.map(({ mergeKey }) => mergeKey)),
      textArray(kept.map(({ things }) => textArray(things))),
      textArray(kept.map(({ codes }) => codes && textArray(codes))),
    ],
  });
}
