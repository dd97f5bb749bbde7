import { markOfStoredSettings } from '../lib/config/stored-settings.ts';
import { addHits } from '../rules/rows/hits.ts';
import { loadStoredSettings, type Services } from '../services.ts';
import { chore } from './chores.ts';

/** Stores how often each rule took an event, and takes over what another daemon of the same database has changed. */
export function rulesKeeperLogic(services: Services) {
  const { bus, database, hits } = services;
  let mark: string | undefined;
  return chore(services, 'the counts of the rules could not be stored', async () => {
    const counts = hits.take();
    try {
      await addHits(database.store, counts, new Date());
    } catch (thrown) {
      hits.giveBack(counts);
      throw thrown;
    }
    if (counts.size > 0) bus.emit('list.changed', { list: 'rules.list' });
    const now = await markOfStoredSettings(database.store);
    if (mark !== undefined && now !== mark) await loadStoredSettings(services);
    mark = now;
  });
}
