import { withoutModels } from '../../src/lib/inference/without-models.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { createEmbedders, type Embedders } from '../../src/memory/embed/embedders.ts';
import { createMemoryKeeper, type KeeperDeps } from '../../src/memory/keep/keep-memory.ts';
import type { KeptPass } from '../../src/memory/keep/kept-pass.ts';
import { createVectorKeeper } from '../../src/memory/keep/keep-vectors.ts';
import { createMemoryBoard, type MemoryBoard } from '../../src/memory/keep/memory-board.ts';
import { createMemoryCounts } from '../../src/memory/keep/memory-counts.ts';
import { prepareText } from '../../src/memory/keep/prepare-text.ts';

export interface WholeKeeper {
  board: MemoryBoard;
  /** A pass of the keeper of memories, then one of the keeper of vectors. */
  keep: (signal: AbortSignal) => Promise<KeptPass>;
}

export type WholeKeeperDeps = Partial<
  Pick<KeeperDeps, 'prepareText' | 'inHand' | 'budgetMs' | 'now'> & {
    embedders: Embedders;
    log: { info: (detail: object, message: string) => void; warn: (detail: object, message: string) => void };
  }
>;

/** Everything that happens to memories by itself in the daemon, one pass after the other; without models by default. */
export function memoryKeeperOn(store: Store, deps: WholeKeeperDeps = {}): WholeKeeper {
  const board = createMemoryBoard();
  const { embedders = createEmbedders(withoutModels), log = quiet } = deps;
  const counts = createMemoryCounts({ store, embedders, board, log, everyMs: 0 });
  const given = { prepareText, budgetMs: 60_000, ...deps, store, embedders, counts, log };
  const keepMemories = createMemoryKeeper(given);
  const keepVectors = createVectorKeeper(given);
  return {
    board,
    async keep(signal) {
      const memories = await keepMemories(signal);
      const vectors = await keepVectors(signal);
      return { done: memories.done + vectors.done, isMore: memories.isMore || vectors.isMore };
    },
  };
}

const quiet = { info: () => undefined, warn: () => undefined };
