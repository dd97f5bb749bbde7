import { gatherSamples, keepSample } from '../sensors/self-watch/samples.ts';
import { readQueueFigures } from '../sensors/self-watch/queue-figures.ts';
import { keepSlowStatements } from '../sensors/self-watch/slow-statements.ts';
import { MINUTE } from '../lib/time.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

/** Takes a sample of the daemon itself, keeps it, and gathers those of a minute and an hour that are over. */
export function selfWatchLogic(services: Services) {
  const { database, journal, selfWatch } = services;
  const { store } = database;
  const worker = journal.uuid;
  let asked = new Date();
  let gatheredAt = 0;
  return chore(services, 'a sample of the daemon itself could not be kept', async (signal) => {
    const now = new Date();
    // While the store is away the figures of the process still show in /metrics.
    const queues = await readQueueFigures(store, { since: asked, now }).catch(() => undefined);
    const figures = selfWatch.sample(queues);
    const slow = selfWatch.slow.take();
    try {
      if (slow.length > 0) await store.transaction((tx) => keepSlowStatements(tx, { worker, slow, now }));
    } catch (thrown) {
      selfWatch.slow.giveBack(slow);
      throw thrown;
    }
    await keepSample(store, { worker, figures, now });
    if (queues !== undefined) asked = now;
    if (Math.abs(now.getTime() - gatheredAt) < MINUTE) return;
    gatheredAt = now.getTime();
    await gatherSamples(store, { worker, now, signal });
  });
}
