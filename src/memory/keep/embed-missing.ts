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

/** A batch that the model is at. */
interface Begun {
  memories: readonly UnembeddedMemory[];
  vectors: Promise<Made | undefined>;
}

/**
 * Gives every prepared memory a vector of an embedder, a batch a transaction; the model is at the next batch while one is
 * stored. Its progress is in the rows: a kill, a model that dies or another model only leave some missing. Passes resolve early,
 * with `isMore`, where the model goes away.
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
    let taken = doneUpTo.get(model.id) ?? 0;
    let isAll = false;
    let embedded = 0;

    const begin = async (): Promise<Begun | undefined> => {
      signal.throwIfAborted();
      const memories = await nextUnembedded(store, model, {
        after: taken,
        limit: batch,
        except: [...except],
      });
      isAll = memories.length === 0;
      if (isAll || !goOn()) return undefined;
      taken = memories.at(-1)?.id ?? taken;
      const vectors = embedAll(memories, embedder, signal);
      // Looked at when its turn comes.
      vectors.catch(() => undefined);
      return { memories, vectors };
    };

    for (let current = await begin(); current !== undefined;) {
      const next = await begin();
      const made = await current.vectors;
      if (made === undefined) return { model, embedded, isMore: true };
      for (const { id, error } of made.refused) {
        if (except.size < maxRefused) except.add(id);
        onRefused(id, error);
      }
      await storeVectors(store, model, made.made);
      embedded += made.made.length;
      doneUpTo.set(model.id, current.memories.at(-1)?.id ?? taken);
      current = next;
    }
    if (!isAll) return { model, embedded, isMore: true };
    // A memory that was edited or prepared meanwhile may have any id: the next sweep begins at the front.
    doneUpTo.delete(model.id);
    return { model, embedded, isMore: taken > 0 };
  };
}

interface Made {
  made: { memoryId: number; hash: string; vector: Float32Array }[];
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
    // A model pads all texts of one call to the longest.
    const byLength = [...memories].sort((one, other) => one.content.length - other.content.length);
    const vectors = await embedder.embed(
      byLength.map(({ content }) => content),
      { kind: 'passage', signal: deadline },
    );
    return {
      made: byLength.map(({ id, content_hash: hash }, index) => ({
        memoryId: id,
        hash,
        vector: vectors[index] as Float32Array,
      })),
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
