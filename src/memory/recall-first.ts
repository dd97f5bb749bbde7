import type { RightOfWay } from '../lib/store/right-of-way.ts';
import type { Recaller } from './recall/create-recall.ts';

/** The same recaller, for which work that can wait keeps out of the store. */
export function recallFirst(recaller: Recaller, { answer }: Pick<RightOfWay, 'answer'>): Recaller {
  return {
    recall: (query) => answer(() => recaller.recall(query)),
    explain: (query) => answer(() => recaller.explain(query)),
  };
}
