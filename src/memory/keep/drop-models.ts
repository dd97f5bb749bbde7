import type { Embedders } from '../embed/embedders.ts';
import { dropModel, findModel } from '../embed/vector-table.ts';
import { unusedModels } from '../rows/embedded.ts';
import type { Store } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

/** Long enough to go back to a model without embedding everything again. */
const keptDays = 30;

/**
 * Drops models that have made no vector for 30 days, but never the lexical one nor one that serves or is wanted. Resolves to
 * their names.
 */
export async function dropModels(
  store: Store,
  embedders: Pick<Embedders, 'current' | 'wanted' | 'lexical'>,
  now: Date,
): Promise<string[]> {
  const used = await Promise.all(
    [embedders.lexical, embedders.current(), ...embedders.wanted()].map((embedder) =>
      findModel(store, embedder),
    ),
  );
  const ids = used.flatMap((model) => (model === undefined ? [] : [model.id]));
  const unused = await unusedModels(store, ids, new Date(now.getTime() - keptDays * DAY));
  for (const model of unused) await dropModel(store, model);
  return unused.map(({ name }) => name);
}
