import { findByMergeKey, type PendingMemory, type SimilarMemory } from '../rows/pending.ts';
import type { BatchOutcome, KeptMemory, MergedMemory } from '../rows/settle-batch.ts';
import type { Store } from '../../lib/store/store.ts';
import type { PreparedText } from './prepare-text.ts';
import { decide, isEcho } from './similar.ts';

/** A memory and its text as it may be remembered. */
export interface Pair<Memory extends PendingMemory = PendingMemory> {
  memory: Memory;
  text: PreparedText;
}

/** What is to become of a batch. */
export interface Sorted<Memory extends PendingMemory = PendingMemory> {
  /** Too long for one memory. */
  documents: Pair<Memory>[];
  outcome: BatchOutcome<Memory>;
  /** Memories that say in newer words what another one says, and are to take its place. */
  reworded: { kept: KeptMemory<Memory>; into: SimilarMemory }[];
}

/** Decides what becomes of memories whose texts are prepared, in their order: of two that say the same the first one stays. */
export async function sortOut<Memory extends PendingMemory>(
  store: Store,
  pairs: readonly Pair<Memory>[],
): Promise<Sorted<Memory>> {
  const documents = pairs.filter(isDocument);
  const short = pairs.filter((pair) => !isDocument(pair));
  const known = await similarByKey(store, short);
  const kept: KeptMemory<Memory>[] = [];
  const merged: MergedMemory<Memory>[] = [];
  const dropped: Memory[] = [];
  const superseded: number[] = [];
  const reworded: Sorted<Memory>['reworded'] = [];
  const fresh = new Set<number>();

  for (const pair of short) {
    const one = keptOf(pair);
    const { memory, content, mergeKey } = one;
    const similar = (known.get(mergeKey) ?? []).filter(({ id }) => id !== memory.id);
    if (memory.origin === 'agent' && !isOwn(memory) && (await isEcho(store, content, memory.id))) {
      dropped.push(memory);
      continue;
    }
    const decision = decide(memory, content, similar);
    if (decision.act === 'drop') dropped.push(memory);
    else if (decision.act === 'keep') {
      kept.push(one);
      superseded.push(...decision.supersedes);
      fresh.add(memory.id);
      known.set(mergeKey, [...(known.get(mergeKey) ?? []), { ...memory, content }]);
    } else {
      const { into } = decision;
      const kind = into.kind === 'note' && !isOwn(into) ? memory.kind : into.kind;
      const isNewer = content !== into.content && memory.last_seen_at >= into.last_seen_at;
      // Where two say the same the newer words stand; an import may be older than what is there.
      if (!isNewer || isOwn(into)) merged.push({ memory, into: into.id, kind });
      else if (!fresh.has(into.id)) reworded.push({ kept: one, into: { ...into, kind } });
      // Newer words for what this very batch brings wait for the next one.
    }
  }
  return { documents, outcome: { kept, merged, dropped, superseded }, reworded };
}

function isDocument({ memory, text }: Pair): boolean {
  // A chunk that was edited stays one, however long it has become.
  return text.chunks.length > 1 && !isWhole(memory);
}

function isWhole(memory: PendingMemory): boolean {
  return memory.document_id !== null && !memory.is_being_cut;
}

function isOwn({ pinned, edited_at: editedAt }: Pick<SimilarMemory, 'pinned' | 'edited_at'>): boolean {
  return pinned || editedAt !== null;
}

function keptOf<Memory extends PendingMemory>({ memory, text }: Pair<Memory>): KeptMemory<Memory> {
  return {
    memory,
    content: isWhole(memory) ? text.text : (text.chunks[0] as string),
    redacted: text.redacted,
    ...text.keys,
    codes: memory.title === null ? text.codes : undefined,
    vector: text.vectors[0] as Float32Array,
  };
}

async function similarByKey(store: Store, pairs: readonly Pair[]): Promise<Map<string, SimilarMemory[]>> {
  const rows = await findByMergeKey(store, [...new Set(pairs.map(({ text }) => text.keys.mergeKey))]);
  const byKey = new Map<string, SimilarMemory[]>();
  for (const row of rows) byKey.set(row.merge_key, [...(byKey.get(row.merge_key) ?? []), row]);
  return byKey;
}
