import { StoreAwayError } from '../../lib/errors.ts';
import type { Embedders } from '../embed/embedders.ts';
import { registerModel, type StoredModel } from '../embed/vector-table.ts';
import { nextUnprepared, type PendingMemory } from '../rows/pending.ts';
import type { Store } from '../../lib/store/store.ts';
import { type BatchSize, createBatchSize, maxBatchChars, timedStore } from './batch-size.ts';
import type { InHand } from './in-hand.ts';
import type { PreparedText } from './prepare-text.ts';
import { createNotePreparer } from './prepare-notes.ts';
import { settle } from './settle.ts';

export interface PrepareDeps {
  store: Store;
  embedders: Pick<Embedders, 'lexical'>;
  /** Cleans, redacts, cuts and embeds lexically, away from this thread. */
  prepareText: (text: string) => Promise<PreparedText>;
  /** Told of a memory that could not be prepared in three tries; it is left until the next start. */
  onGivenUp: (id: number, error: unknown) => void;
  now: () => Date;
  /** Told of memories that have new words, batch by batch. Default: nobody asks. */
  onPrepared?: ((ids: readonly number[]) => void) | undefined;
  /** Told when the owner's words can be found, batch by batch. Default: nobody asks. */
  inHand?: Partial<Pick<InHand, 'beginOwners' | 'settleOwners'>> | undefined;
}

export interface PreparePass {
  /** False when it is time to stop for now. */
  goOn: () => boolean;
  signal: AbortSignal;
}

/** Result of a pass. */
export interface PreparedPass {
  prepared: number;
  /** True where there was more than the pass had time for. */
  isMore: boolean;
}

const maxAttempts = 3;
const maxGivenUp = 1_000;

/**
 * Takes every memory that is not prepared through the pipeline: redact, cut where it is too long, embed lexically,
 * compare with those that say the same, keep or merge. A batch of them is one transaction, which changes nothing of a memory
 * that changed meanwhile: a kill at any instant, an edit, and a second daemon do no harm. Passes reject with
 * `StoreAwayError` while the store is away, and go on where they were.
 */
export function createPreparer(deps: PrepareDeps) {
  const size = createBatchSize();
  const failures = new Map<number, number>();
  const givenUp = (): number[] => [...failures].filter(([, count]) => count >= maxAttempts).map(([id]) => id);

  const recordFailure = (id: number, thrown: unknown): void => {
    if (thrown instanceof StoreAwayError) throw thrown;
    const count = (failures.get(id) ?? 0) + 1;
    if (failures.size >= maxGivenUp) failures.clear();
    failures.set(id, count);
    if (count === maxAttempts) deps.onGivenUp(id, thrown);
  };

  /** A memory that takes its batch with it stands by itself the second time. */
  const settleApart = async (memories: readonly PendingMemory[], one: OneDeps): Promise<void> => {
    for (const memory of memories) {
      one.signal.throwIfAborted();
      try {
        await prepareBatch([memory], one);
        failures.delete(memory.id);
      } catch (thrown) {
        one.signal.throwIfAborted();
        recordFailure(memory.id, thrown);
      }
    }
  };

  return async ({ goOn, signal }: PreparePass): Promise<PreparedPass> => {
    let prepared = 0;
    const prepareNotes = createNotePreparer({ ...deps, size });
    for (;;) {
      signal.throwIfAborted();
      if (prepared > 0 && !goOn()) return { prepared, isMore: true };
      const batch = size.current();
      const mark = deps.inHand?.beginOwners?.() ?? 0;
      const { notes, isAll } = await prepareNotes({ limit: batch, signal, goOn });
      const memories = await nextUnprepared(deps.store, {
        limit: batch,
        maxChars: maxBatchChars,
        except: givenUp(),
      });
      const areNotesDone = isAll || !notes.every(isOwners);
      if (areNotesDone && !memories.some(isOwners)) deps.inHand?.settleOwners?.(mark);
      prepared += notes.length;
      if (memories.length === 0) {
        if (notes.length === 0) return { prepared, isMore: false };
        continue;
      }
      const lexicalModel = await registerModel(deps.store, deps.embedders.lexical, deps.now());
      const one = { ...deps, size, lexicalModel, signal };
      try {
        await prepareBatch(memories, one);
        for (const { id } of memories) failures.delete(id);
      } catch (thrown) {
        signal.throwIfAborted();
        if (thrown instanceof StoreAwayError) throw thrown;
        await settleApart(memories, one);
      }
      const areMemoriesDone = memories.length < batch || !memories.every(isOwners);
      if (areNotesDone && areMemoriesDone) deps.inHand?.settleOwners?.(mark);
      prepared += memories.length;
    }
  };
}

function isOwners({ trust, origin }: PendingMemory): boolean {
  return trust === 'owner' && origin !== 'import';
}

interface OneDeps extends PrepareDeps {
  size: BatchSize;
  lexicalModel: StoredModel;
  signal: AbortSignal;
}

async function prepareBatch(memories: readonly PendingMemory[], deps: OneDeps): Promise<void> {
  const texts = await Promise.all(memories.map(({ content }) => deps.prepareText(content)));
  deps.signal.throwIfAborted();
  // In the order in which they came: of two that say the same the first one stays.
  const pairs = memories.map((memory, index) => ({ memory, text: texts[index] as PreparedText }));
  const { lexicalModel, signal, size } = deps;
  const store = timedStore(deps.store);
  pairs.sort((a, b) => a.memory.id - b.memory.id);
  const touched = await settle(pairs, { store, lexicalModel, now: deps.now(), signal });
  size.learn(pairs.length, store.tookMs());
  deps.onPrepared?.(touched);
}
