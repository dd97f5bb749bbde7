import { searchNearest } from '../recall/nearest.ts';
import { findLikes, type LikeMemory, type PendingMemory } from '../store/memories/pending.ts';
import type { ModelVector } from '../store/memories/settle.ts';
import type { Store } from '../store/store.ts';
import { saysNothingNew, saysTheSame } from './alike.ts';

/** What becomes of a memory in view of its likes. */
export type Decision =
  | { act: 'keep'; supersedes: number[] }
  | { act: 'drop'; why: 'said by the owner' | 'echo' }
  | { act: 'merge'; into: LikeMemory };

const looksAt = 6;
/** Cosines below which two texts need not be compared word by word; of the lexical embedder and of a model. */
const minCosine = { lexical: 0.6, model: 0.8 };
const statements: ReadonlySet<string> = new Set(['note', 'fact', 'preference']);

/**
 * Compares a memory with those nearest to it, by vectors of the same model each. Merging stays within one trust: what
 * strangers write can neither refresh nor reword what the owner said. What the daemon notes by itself gives way to the
 * owner's own words; and an agent that has only repeated what is remembered, whoever said it, has said nothing.
 */
export async function decideByLikes(
  store: Store,
  memory: PendingMemory,
  {
    content,
    vectors,
    lexicalModelId,
  }: { content: string; vectors: readonly ModelVector[]; lexicalModelId: number },
): Promise<Decision> {
  const ids = new Set<number>();
  for (const { model, vector } of vectors) {
    const { hits } = await searchNearest(store, {
      vector,
      embedder: { model: model.name, dimensions: model.dimensions },
      limit: looksAt,
    });
    const least = model.id === lexicalModelId ? minCosine.lexical : minCosine.model;
    for (const { id, score } of hits) if (score >= least) ids.add(Number(id.slice('memory:'.length)));
  }
  ids.delete(memory.id);
  const likes = await findLikes(store, [...ids]);
  return decide(memory, content, likes);
}

function decide(memory: PendingMemory, content: string, likes: readonly LikeMemory[]): Decision {
  // What the owner pinned or edited stays a memory of its own.
  if (memory.pinned || memory.edited_at !== null) return { act: 'keep', supersedes: [] };
  if (memory.origin === 'agent' && likes.some((like) => saysNothingNew(content, like.content)))
    return { act: 'drop', why: 'echo' };
  const same = likes.filter((like) => mayBeOne(memory, like) && saysTheSame(content, like.content));
  const equal = same.find(({ trust }) => trust === memory.trust);
  if (equal !== undefined) return { act: 'merge', into: equal };
  if (memory.trust === 'local' && same.some(({ trust }) => trust === 'owner'))
    return { act: 'drop', why: 'said by the owner' };
  const noted = same.filter(
    ({ trust, origin }) => memory.trust === 'owner' && trust === 'local' && origin === 'agent',
  );
  return { act: 'keep', supersedes: noted.map(({ id }) => id) };
}

function mayBeOne(memory: PendingMemory, like: LikeMemory): boolean {
  return (
    like.document_id === null &&
    memory.document_id === null &&
    (memory.kind === like.kind || (statements.has(memory.kind) && statements.has(like.kind)))
  );
}
