import type { StoredModel } from '../embed/vector-table.ts';
import type { SimilarMemory } from '../rows/pending.ts';
import { mergeInto } from '../rows/settle.ts';
import { type KeptMemory, settleBatch } from '../rows/settle-batch.ts';
import type { BundledNote } from '../rows/bundles.ts';
import { moveWaiting, type WaitingNote } from '../rows/inbox.ts';
import { settleBundled, settleNotes } from '../rows/settle-notes.ts';
import type { Store } from '../../lib/store/store.ts';
import { cutDocument } from './cut-document.ts';
import { type Pair, sortOut } from './sort-out.ts';

export interface SettleOptions {
  store: Store;
  lexicalModel: StoredModel;
  now: Date;
  signal: AbortSignal;
}

/**
 * Keeps, merges or drops memories whose texts are prepared, in one transaction; texts that are too long become documents,
 * each by itself. One that says in newer words what another one says takes its place, each by itself too. Resolves to the ids of
 * those that may have new words.
 */
export async function settle(pairs: readonly Pair[], options: SettleOptions): Promise<number[]> {
  const { store, lexicalModel } = options;
  const { documents, outcome, reworded } = await sortOut(store, pairs);
  for (const { memory, text } of documents) await cutDocument(memory, text, options);
  await settleBatch(store, lexicalModel, outcome);
  for (const { kept: one, into } of reworded) await reword(one, into, options);
  return [...pairs.map(({ memory }) => memory.id), ...reworded.map(({ into }) => into.id)];
}

/**
 * Keeps, merges or drops notes out of the inbox, in one transaction; those that need more than that become memories that are
 * still to be prepared.
 */
export async function settleWaiting(
  pairs: readonly Pair<WaitingNote>[],
  { store, lexicalModel }: Pick<SettleOptions, 'store' | 'lexicalModel'>,
): Promise<void> {
  const { documents, outcome, reworded } = await sortOut(store, pairs);
  const special = [...documents.map(({ memory }) => memory), ...reworded.map(({ kept }) => kept.memory)];
  await moveWaiting(
    store,
    special.map(({ inbox_id: id }) => id),
  );
  await settleNotes(store, lexicalModel, outcome);
}

/**
 * The same for notes of bundles, which go with them; those that need more than that become memories that are still to be
 * prepared.
 */
export async function settleBundle(
  pairs: readonly Pair<BundledNote>[],
  { store, lexicalModel }: Pick<SettleOptions, 'store' | 'lexicalModel'>,
): Promise<void> {
  const { outcome } = await sortOut(store, pairs);
  const notes = pairs.map(({ memory }) => memory);
  const settled = new Set([
    ...[...outcome.kept, ...outcome.merged].map(({ memory }) => memory),
    ...outcome.dropped,
  ]);
  // Documents, newer words, and what has to wait for another note of this batch: the bundle does not wait for them.
  const special = notes.filter((note) => !settled.has(note));
  await settleBundled(store, lexicalModel, notes, { outcome, special });
}

async function reword(
  { memory, content, redacted, vector }: KeptMemory,
  into: SimilarMemory,
  { store, lexicalModel: model }: SettleOptions,
): Promise<void> {
  const wording = { content, redacted, vectors: [{ model, vector }] };
  await mergeInto(store, memory, { id: into.id, kind: into.kind, wording });
}
