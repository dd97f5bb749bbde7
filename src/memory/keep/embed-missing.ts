import {
  InferenceAwayError,
  InferenceBusyError,
  InferenceDeadlineError,
  StoreAwayError,
} from '../../lib/errors.ts';
import type { Embedder } from '../embed/embedder.ts';
import { registerModel, type StoredModel, storeVectors } from '../embed/vector-table.ts';
import {
  lastMemory,
  nextUnembedded,
  recordModelUse,
  type UnembeddedMemory,
  type Where,
} from '../rows/embedded.ts';
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

export interface EmbedOptions {
  goOn: () => boolean;
  signal: AbortSignal;
  /** Memories that come first. */
  ids?: readonly number[];
  /** There are more that changed than these: all are looked through again. */
  isMany?: boolean;
}

/** Ids that one statement looks through: some milliseconds, where all 100,000 take most of a second. */
const windowIds = 2_000;

/** A batch that the model is at. */
interface Begun {
  memories: readonly UnembeddedMemory[];
  vectors: Promise<Made | undefined>;
}

/** How far the search for memories without a vector is. */
interface Sweep {
  /** Everything up to this id was looked at. */
  at: number;
  /** All was looked at since the start: from then on a window a pass, for what changed without anybody's word. */
  isOver: boolean;
}

/**
 * Gives every prepared memory a vector of an embedder, a batch a transaction; the model is at the next batch while one is
 * stored. Those that are named come first, then all others in the order of their ids. The progress is in the rows: a kill, a model
 * that dies or another model only leave some missing. Passes resolve early, with `isMore`, where the model goes away.
 */
export function createEmbedMissing({ store, onRefused, now }: EmbedDeps) {
  const sweeps = new Map<number, Sweep>();
  const refused = new Map<number, Set<number>>();

  return async (
    embedder: Embedder,
    { goOn, signal, ids = [], isMany = false }: EmbedOptions,
  ): Promise<EmbeddedPass> => {
    const model = await registerModel(store, embedder, now());
    await recordModelUse(store, model, now());
    const except = refused.get(model.id) ?? new Set();
    refused.set(model.id, except);
    const sweep = sweeps.get(model.id) ?? { at: 0, isOver: false };
    sweeps.set(model.id, sweep);
    if (isMany && sweep.isOver) Object.assign(sweep, { at: 0, isOver: false });
    let embedded = 0;

    /** Gives a part its vectors; false where there was no time, or no model, for all of it. */
    const embedPart = async (part: Where): Promise<boolean> => {
      let taken = 'after' in part ? part.after : 0;
      let isAll = false;
      const begin = async (): Promise<Begun | undefined> => {
        signal.throwIfAborted();
        const where =
          'after' in part ? { ...part, after: taken } : { ids: part.ids.filter((id) => id > taken) };
        const memories = await nextUnembedded(store, model, { where, limit: batch, except: [...except] });
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
        if (made === undefined) return false;
        for (const { id, error } of made.refused) {
          if (except.size < maxRefused) except.add(id);
          onRefused(id, error);
        }
        await storeVectors(store, model, made.made);
        embedded += made.made.length;
        current = next;
      }
      return isAll;
    };

    if (ids.length > 0 && !(await embedPart({ ids }))) return { model, embedded, isMore: true };
    const last = await lastMemory(store);
    do {
      const upTo = sweep.at + windowIds;
      if (!(await embedPart({ after: sweep.at, upTo }))) return { model, embedded, isMore: true };
      sweep.isOver ||= upTo >= last;
      sweep.at = upTo >= last ? 0 : upTo;
    } while (!sweep.isOver && goOn());
    return { model, embedded, isMore: !sweep.isOver };
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
