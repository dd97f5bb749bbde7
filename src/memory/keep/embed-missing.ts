import {
  InferenceAwayError,
  InferenceBusyError,
  InferenceDeadlineError,
  StoreAwayError,
} from '../../lib/errors.ts';
import type { Embedder } from '../embed/embedder.ts';
import { registerModel, type StoredModel, storeVectors } from '../embed/vector-table.ts';
import { nextUnembedded, recordModelUse, type UnembeddedMemory } from '../rows/embedded.ts';
import type { Store } from '../../lib/store/store.ts';

export interface EmbedDeps {
  store: Store;
  /** Told of a memory that the model cannot take; it is left until the next start. */
  onRefused: (id: number, error: unknown) => void;
  now: () => Date;
}

/** Result of a pass for one model. */
export interface EmbeddedPass {
  model: StoredModel;
  embedded: number;
  isMore: boolean;
}

/** Texts of one batch: below a second of a small model. */
const batch = 64;
const batchDeadlineMs = 30_000;
const maxRefused = 1_000;

/**
 * Gives every prepared memory a vector of an embedder, a batch a transaction. Its progress is in the rows: a kill, a
 * model that dies or another model only leave some missing. Passes resolve early, with `isMore`, where the model goes
 * away.
 */
export function createEmbedMissing({ store, onRefused, now }: EmbedDeps) {
  /** By model: everything up to this id has a vector or was refused. */
  const doneUpTo = new Map<number, number>();
  const refused = new Map<number, Set<number>>();

  return async (
    embedder: Embedder,
    { goOn, signal }: { goOn: () => boolean; signal: AbortSignal },
  ): Promise<EmbeddedPass> => {
    const model = await registerModel(store, embedder, now());
    await recordModelUse(store, model, now());
    const except = refused.get(model.id) ?? new Set();
    refused.set(model.id, except);
    let embedded = 0;
    for (;;) {
      signal.throwIfAborted();
      const after = doneUpTo.get(model.id) ?? 0;
      const memories = await nextUnembedded(store, model, { after, limit: batch, except: [...except] });
      if (memories.length === 0) {
        // A memory that was edited or prepared meanwhile may have any id: the next sweep begins at the front.
        doneUpTo.delete(model.id);
        return { model, embedded, isMore: after > 0 };
      }
      if (!goOn()) return { model, embedded, isMore: true };
      const vectors = await embedAll(memories, embedder, signal);
      if (vectors === undefined) return { model, embedded, isMore: true };
      for (const { id, error } of vectors.refused) {
        if (except.size < maxRefused) except.add(id);
        onRefused(id, error);
      }
      await storeVectors(store, model, vectors.made);
      embedded += vectors.made.length;
      doneUpTo.set(model.id, memories.at(-1)?.id ?? after);
    }
  };
}

interface Made {
  made: { memoryId: number; vector: Float32Array }[];
  refused: { id: number; error: unknown }[];
}

/** Undefined where the model cannot be asked now. One text that it cannot take must not hold up its neighbours. */
async function embedAll(
  memories: readonly UnembeddedMemory[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<Made | undefined> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(batchDeadlineMs)]);
  try {
    const vectors = await embedder.embed(
      memories.map(({ content }) => content),
      { kind: 'passage', signal: deadline },
    );
    return {
      made: memories.map(({ id }, index) => ({ memoryId: id, vector: vectors[index] as Float32Array })),
      refused: [],
    };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof StoreAwayError) throw thrown;
    if (deadline.aborted || isAway(thrown)) return undefined;
    if (memories.length === 1)
      return { made: [], refused: memories.map(({ id }) => ({ id, error: thrown })) };
    const half = memories.length >> 1;
    const first = await embedAll(memories.slice(0, half), embedder, signal);
    const rest = first && (await embedAll(memories.slice(half), embedder, signal));
    return rest && { made: [...first.made, ...rest.made], refused: [...first.refused, ...rest.refused] };
  }
}

function isAway(thrown: unknown): boolean {
  return (
    thrown instanceof InferenceAwayError ||
    thrown instanceof InferenceBusyError ||
    thrown instanceof InferenceDeadlineError
  );
}
