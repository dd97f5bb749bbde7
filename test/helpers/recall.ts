import { withoutModels } from '../../src/lib/inference/without-models.ts';
import { createEmbedders } from '../../src/memory/embed/embedders.ts';
import { createRecall, type RecallDeps } from '../../src/memory/recall/create-recall.ts';
import type { Store } from '../../src/lib/store/store.ts';

/** The real recall on a real store, with the lexical embedder and no reranker unless told otherwise. */
export function recallerOn(store: Store, deps: Partial<RecallDeps> = {}) {
  return createRecall({
    store,
    embedders: createEmbedders(withoutModels),
    reranker: withoutModels,
    rerankDeadlineMs: () => 1_000,
    ...deps,
  });
}
