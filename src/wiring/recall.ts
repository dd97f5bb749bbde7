import { foldStatistics } from '../memory/recall/fold-statistics.ts';
import { beginVectorIndexes, keepVectorIndexes } from '../memory/recall/vector-index.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

/** A run of the recall keeper works for so long at most; its rest afterwards leaves the database to others. */
const worksMs = 1_000;
/** Progress is logged every so many vectors. */
const worthTelling = 5_000;

/** Keeps what recall looks things up by: the counts of words, and the indexes of vectors. */
export function recallKeeperLogic(services: Services) {
  const { database, rightOfWay, log, memoryBacklog } = services;
  const store = rightOfWay.after(database.store);
  let told = '';
  return chore(services, 'what recall looks things up by could not be brought up to date', async (signal) => {
    await foldStatistics(store, { signal });
    const until = performance.now() + worksMs;
    const goOn = (): boolean => performance.now() < until;
    // A vector in an index takes the embedded database longer than all else that is done for a memory; the newest are found without.
    if (memoryBacklog.isInTheWay()) {
      await beginVectorIndexes(store, { goOn, signal });
      return;
    }
    const indexes = await keepVectorIndexes(store, { goOn, signal });
    const growing = indexes.filter(({ kind, unindexed }) => kind === 'hnsw' && unindexed > worthTelling);
    const news = growing
      .map(({ model, unindexed }) => `${model} ${Math.ceil(unindexed / worthTelling)}`)
      .join();
    if (news !== '' && news !== told) log.info({ indexes: growing }, 'the vector index is being filled');
    told = news;
  });
}
