import type { Embedders } from '../embed/embedders.ts';
import type { Store } from '../../lib/store/store.ts';
import { createEmbedMissing, type EmbedOptions } from './embed-missing.ts';
import type { KeptPass } from './kept-pass.ts';
import type { MemoryCounts } from './memory-counts.ts';

export interface VectorKeeperDeps {
  store: Store;
  embedders: Embedders;
  counts: MemoryCounts;
  log: { warn: (detail: object, message: string) => void };
  /** Milliseconds that a pass may take before it leaves the rest to the next one (default 1 s). */
  budgetMs?: number;
  now?: () => Date;
}

const defaultBudgetMs = 1_000;

/**
 * One pass of what the encoders do for memories: each prepared memory gets a vector of each encoder that is wanted, those that
 * are said to have changed first. It goes on
 * beside the keeper of memories, so that no model holds up what can be found by its words meanwhile. Rejects with `StoreAwayError`
 * while the store is away.
 */
export function createVectorKeeper(deps: VectorKeeperDeps) {
  const { store, embedders, counts, log, budgetMs = defaultBudgetMs, now = () => new Date() } = deps;
  const embedMissing = createEmbedMissing({
    store,
    now,
    onRefused: (id, error) =>
      log.warn({ memory: id, err: error }, 'the model cannot take a memory; the lexical vector serves'),
  });

  return async (
    signal: AbortSignal,
    changed: Pick<EmbedOptions, 'ids' | 'isMany'> = {},
  ): Promise<KeptPass> => {
    // Which encoders are wanted depends on what they know by now.
    await counts.tell({ done: 0, isMore: true });
    const until = performance.now() + budgetMs;
    const goOn = (): boolean => performance.now() < until;
    let done = 0;
    let isMore = false;
    for (const encoder of embedders.wanted()) {
      const startedAt = performance.now();
      const pass = await embedMissing(encoder, { goOn, signal, ...changed });
      if (pass.embedded > 0)
        counts.noteSpeed(encoder.model, (pass.embedded * 1_000) / (performance.now() - startedAt));
      done += pass.embedded;
      isMore ||= pass.isMore;
    }
    const kept = { done, isMore };
    await counts.tell(kept);
    return kept;
  };
}
