import { recordRecalled } from '../rows/record-recalled.ts';
import type { Tx } from '../../lib/store/store.ts';

/**
 * The same recall, which counts of each memory that it gives that it was recalled. Where that cannot be counted, the memories
 * are given all the same.
 */
export function countingRecalls<Query, Answer extends { memories: readonly { id: string }[] }>(
  recall: (query: Query) => Promise<Answer>,
  store: Tx,
  now: () => Date = () => new Date(),
): (query: Query) => Promise<Answer> {
  return async (query) => {
    const answer = await recall(query);
    const ids = answer.memories.map(({ id }) => id);
    await recordRecalled(store, ids, now()).catch(() => undefined);
    return answer;
  };
}
