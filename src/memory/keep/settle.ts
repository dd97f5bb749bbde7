import type { StoredModel } from '../embed/vector-table.ts';
import { findByMergeKey, type PendingMemory, type SimilarMemory } from '../rows/pending.ts';
import { mergeInto } from '../rows/settle.ts';
import { type KeptMemory, type MergedMemory, settleBatch } from '../rows/settle-batch.ts';
import type { Store } from '../../lib/store/store.ts';
import { cutDocument } from './cut-document.ts';
import type { PreparedText } from './prepare-text.ts';
import { decide, isEcho } from './similar.ts';

export interface SettleOptions {
  store: Store;
  lexicalModel: StoredModel;
  now: Date;
  signal: AbortSignal;
}

interface Pair {
  memory: PendingMemory;
  text: PreparedText;
}

/**
 * Keeps, merges or drops memories whose texts are prepared, in one transaction; texts that are too long become documents,
 * each by itself. One that says in newer words what another one says takes its place, each by itself too.
 */
export async function settle(pairs: readonly Pair[], options: SettleOptions): Promise<void> {
  const { store, lexicalModel } = options;
  const short: Pair[] = [];
  for (const pair of pairs) {
    if (isDocument(pair)) await cutDocument(pair.memory, pair.text, options);
    else short.push(pair);
  }
  if (short.length === 0) return;
  const known = await similarByKey(store, short);
  const kept: KeptMemory[] = [];
  const merged: MergedMemory[] = [];
  const dropped: PendingMemory[] = [];
  const superseded: number[] = [];
  const reworded: { kept: KeptMemory; into: SimilarMemory }[] = [];
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
  await settleBatch(store, lexicalModel, { kept, merged, dropped, superseded });
  for (const { kept: one, into } of reworded) await reword(one, into, options);
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

function keptOf({ memory, text }: Pair): KeptMemory {
  return {
    memory,
    content: isWhole(memory) ? text.text : (text.chunks[0] as string),
    redacted: text.redacted,
    ...text.keys,
    vector: text.vectors[0] as Float32Array,
  };
}

async function similarByKey(store: Store, pairs: readonly Pair[]): Promise<Map<string, SimilarMemory[]>> {
  const rows = await findByMergeKey(store, [...new Set(pairs.map(({ text }) => text.keys.mergeKey))]);
  const byKey = new Map<string, SimilarMemory[]>();
  for (const row of rows) byKey.set(row.merge_key, [...(byKey.get(row.merge_key) ?? []), row]);
  return byKey;
}

async function reword(
  { memory, content, redacted, vector }: KeptMemory,
  into: SimilarMemory,
  { store, lexicalModel: model }: SettleOptions,
): Promise<void> {
  const wording = { content, redacted, vectors: [{ model, vector }] };
  await mergeInto(store, memory, { id: into.id, kind: into.kind, wording });
}
