import { StoreAwayError } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import type { Embedders } from '../embed/embedders.ts';
import { registerModel, type StoredModel } from '../embed/vector-table.ts';
import { type BundledNote, moveBundled, nextBundled } from '../rows/bundles.ts';
import { moveWaiting, nextWaiting } from '../rows/inbox.ts';
import type { PendingMemory } from '../rows/pending.ts';
import { type BatchSize, maxBatchChars, timedStore } from './batch-size.ts';
import type { PreparedText } from './prepare-text.ts';
import { settleBundle, settleWaiting } from './settle.ts';
import type { Pair } from './sort-out.ts';

export interface NoteDeps {
  store: Store;
  embedders: Pick<Embedders, 'lexical'>;
  /** Cleans, redacts, cuts and embeds lexically, away from this thread. */
  prepareText: (text: string) => Promise<PreparedText>;
  now: () => Date;
  /** Told of memories that have new words, batch by batch. Default: nobody asks. */
  onPrepared?: ((ids: readonly number[]) => void) | undefined;
  /** Learns how long batches take. Default: nobody asks. */
  size?: BatchSize;
}

export interface NoteOptions {
  /** About how many notes at most. */
  limit: number;
  signal: AbortSignal;
  /** True where the next batch will be asked for at once: it is read, and its texts are prepared, while this one is stored. */
  goOn?: () => boolean;
}

/** Notes that were read, and their texts, which may still be on their way. */
interface Read<Note> {
  notes: readonly Note[];
  texts: Promise<PreparedText[]>;
}

/**
 * Takes notes out of the inbox and of bundles through the pipeline, batch by batch, the owner's first, of each the newest: a batch of
 * them at once becomes memories that are prepared. What takes its batch with it becomes memories that are still to be prepared.
 * `isAll`: nothing else waited.
 */
export function createNotePreparer(deps: NoteDeps) {
  const { store } = deps;
  let ahead: Promise<Read<BundledNote>> | undefined;

  const readBundles = async (
    room: { limit: number; maxChars: number },
    except: readonly BundledNote[] = [],
  ): Promise<Read<BundledNote>> => {
    const notes = await nextBundled(store, { ...room, except: idsOf(except) });
    return read(notes, deps);
  };

  /** What was read ahead, or what there is where that was nothing. */
  const takeBundles = async (room: { limit: number; maxChars: number }): Promise<Read<BundledNote>> => {
    const begun = ahead;
    ahead = undefined;
    const found = await begun;
    return found === undefined || found.notes.length === 0 ? readBundles(room) : found;
  };

  return async ({
    limit,
    signal,
    goOn = () => false,
  }: NoteOptions): Promise<{ notes: PendingMemory[]; isAll: boolean }> => {
    const waiting = await nextWaiting(store, { limit, maxChars: maxBatchChars });
    await settleAll(read(waiting, deps), deps, signal, {
      settle: settleWaiting,
      move: () =>
        moveWaiting(
          store,
          waiting.map(({ inbox_id: id }) => id),
        ),
    });
    const chars = waiting.reduce((sum, { content }) => sum + content.length, 0);
    if (waiting.length >= limit || chars >= maxBatchChars) return { notes: waiting, isAll: false };
    const bundled = await takeBundles({ limit: limit - waiting.length, maxChars: maxBatchChars - chars });
    if (bundled.notes.length > 0 && goOn()) {
      ahead = readBundles({ limit, maxChars: maxBatchChars }, bundled.notes);
      // Looked at when its turn comes.
      ahead.catch(() => undefined);
    }
    await settleAll(bundled, deps, signal, {
      settle: settleBundle,
      move: () => moveBundled(store, bundled.notes),
    });
    return { notes: [...waiting, ...bundled.notes], isAll: bundled.notes.length === 0 };
  };
}

function read<Note extends PendingMemory>(
  notes: readonly Note[],
  { prepareText }: Pick<NoteDeps, 'prepareText'>,
): Read<Note> {
  const texts = Promise.all(notes.map(({ content }) => prepareText(content)));
  texts.catch(() => undefined);
  return { notes, texts };
}

function idsOf(notes: readonly BundledNote[]): number[] {
  return [...new Set(notes.map(({ bundle_id: id }) => id))];
}

async function settleAll<Note extends PendingMemory>(
  { notes, texts: prepared }: Read<Note>,
  { store, embedders, now, size, onPrepared }: NoteDeps,
  signal: AbortSignal,
  {
    settle: settlePairs,
    move,
  }: {
    settle: (pairs: readonly Pair<Note>[], to: { store: Store; lexicalModel: StoredModel }) => Promise<void>;
    move: () => Promise<void>;
  },
): Promise<void> {
  if (notes.length === 0) return;
  try {
    const texts = await prepared;
    signal.throwIfAborted();
    const lexicalModel = await registerModel(store, embedders.lexical, now());
    const pairs = notes.map((memory, index) => ({ memory, text: texts[index] as PreparedText }));
    const timed = timedStore(store);
    await settlePairs(pairs, { store: timed, lexicalModel });
    size?.learn(pairs.length, timed.tookMs());
    onPrepared?.(notes.map(({ id }) => id));
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof StoreAwayError) throw thrown;
    await move();
  }
}
