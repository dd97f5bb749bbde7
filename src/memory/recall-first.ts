import type { RightOfWay } from '../lib/store/right-of-way.ts';
import type { Recaller } from './recall/create-recall.ts';

/** The same recaller, for which work that can wait keeps out of the store. */
export function recallFirst(recaller: Recaller, { first }: Pick<RightOfWay, 'first'>): Recaller {
  return {
    recall: (query) => first(() => recaller.recall(query)),
    explain: (query) => first(() => recaller.explain(query)),
  };
}
