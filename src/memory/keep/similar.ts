import { embedLexically, lexicalEmbedder } from '../embed/lexical-embedder.ts';
import { findModel } from '../embed/vector-table.ts';
import { searchNearest } from '../recall/nearest.ts';
import { findSimilar, type SimilarMemory, type PendingMemory } from '../rows/pending.ts';
import type { ModelVector } from '../rows/settle.ts';
import type { Store } from '../../lib/store/store.ts';
import { saysNothingNew, saysTheSame } from './alike.ts';

/** The fate of a memory in view of those similar to it. */
export type Decision =
  { act: 'keep'; supersedes: number[] } | { act: 'drop' } | { act: 'merge'; into: SimilarMemory };

const looksAt = 12;
/** Cosine below which two texts need not be compared word by word. */
const minCosine = 0.6;
const statements: ReadonlySet<string> = new Set(['note', 'fact', 'preference']);

/** True where an agent's words only repeat a memory other than this one, no matter whose; such words say nothing. */
export async function isEcho(store: Store, content: string, self?: number): Promise<boolean> {
  const model = await findModel(store, lexicalEmbedder);
  if (model === undefined) return false;
  const alike = await findAlike(store, { model, vector: embedLexically(content) });
  return alike.some((other) => other.id !== self && saysNothingNew(content, other.content));
}

async function findAlike(store: Store, { model, vector }: ModelVector): Promise<SimilarMemory[]> {
  const embedder = { model: model.name, dimensions: model.dimensions };
  const { hits } = await searchNearest(store, { vector, embedder, limit: looksAt });
  const ids = hits.filter(({ score }) => score >= minCosine).map(({ id }) => id);
  return findSimilar(
    store,
    ids.map((id) => Number(id.slice('memory:'.length))),
  );
}

/**
 * What becomes of a memory in view of those that may say the same. Merging stays within one trust: a stranger's text can
 * neither refresh nor reword the owner's. A note that the daemon made by itself gives way to the owner's own words.
 */
export function decide(memory: PendingMemory, content: string, similar: readonly SimilarMemory[]): Decision {
  // A memory that the owner pinned or edited stays one of its own.
  if (memory.pinned || memory.edited_at !== null) return { act: 'keep', supersedes: [] };
  const same = similar.filter((other) => mayBeOne(memory, other) && saysTheSame(content, other.content));
  const equal = same.find(({ trust }) => trust === memory.trust);
  if (equal !== undefined) return { act: 'merge', into: equal };
  if (memory.trust === 'local' && same.some(({ trust }) => trust === 'owner')) return { act: 'drop' };
  const noted = same.filter(
    ({ trust, origin }) => memory.trust === 'owner' && trust === 'local' && origin === 'agent',
  );
  return { act: 'keep', supersedes: noted.map(({ id }) => id) };
}

function mayBeOne(memory: PendingMemory, other: SimilarMemory): boolean {
  return (
    other.document_id === null &&
    memory.document_id === null &&
    (memory.kind === other.kind || (statements.has(memory.kind) && statements.has(other.kind)))
  );
}
