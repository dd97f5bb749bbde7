import { createHash } from 'node:crypto';
import type { StoredModel } from '../embed/vector-table.ts';
import {
  addChunks,
  beginDocument,
  countChunks,
  findSameDocument,
  finishDocument,
} from '../rows/documents.ts';
import type { PendingMemory } from '../rows/pending.ts';
import { mergeInto } from '../rows/settle.ts';
import type { Store } from '../../lib/store/store.ts';
import { countRedacted } from './count-redacted.ts';
import type { PreparedText } from './prepare-text.ts';

export interface CutOptions {
  store: Store;
  lexicalModel: StoredModel;
  now: Date;
  signal: AbortSignal;
}

/** Chunks of one transaction: some tens of milliseconds of the embedded database. */
const chunksAtOnce = 25;
const maxTitleChars = 100;

/**
 * Makes a document of a memory that is too long: its text becomes the first chunk, the others are rows beside it. A kill at
 * any instant leaves the whole text in the row and some chunks; the next time it goes on where it was, since the same text is
 * cut in the same way. A text that is there as a document of the same trust is only seen once more.
 */
export async function cutDocument(
  memory: PendingMemory,
  prepared: PreparedText,
  options: CutOptions,
): Promise<void> {
  const { store, lexicalModel: model, now, signal } = options;
  const { text, chunks, vectors } = prepared;
  const hash = createHash('sha256').update(text).digest('hex');
  if (memory.document_id === null) {
    const same = await findSameDocument(store, { hash, trust: memory.trust });
    if (same !== undefined && (await mergeInto(store, memory, same))) return;
  }
  const kind = memory.kind === 'note' ? 'document' : memory.kind;
  const title = memory.title ?? titleOf(text);
  const id =
    memory.document_id ??
    (await beginDocument(store, memory, { title, hash, trust: memory.trust, chars: text.length, kind, now }));
  if (id === undefined) return;
  for (let from = 1 + (await countChunks(store, id)); from < chunks.length; from += chunksAtOnce) {
    signal.throwIfAborted();
    const some = chunks.slice(from, from + chunksAtOnce);
    await addChunks(store, memory, {
      documentId: id,
      from,
      chunks: some,
      redacted: some.map(countRedacted),
      model,
      vectors: vectors.slice(from, from + chunksAtOnce),
    });
  }
  const first = chunks[0] as string;
  await finishDocument(store, memory, {
    id,
    chunks: chunks.length,
    first,
    redacted: countRedacted(first),
    model,
    vector: vectors[0] as Float32Array,
  });
}

/** The first heading or line. */
function titleOf(text: string): string {
  const line = /^\s*(?:#{1,6}\s+)?(?<line>\S[^\n]*)/.exec(text)?.groups?.['line'] ?? 'untitled';
  return line
    .slice(0, maxTitleChars)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();
}
