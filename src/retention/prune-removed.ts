import type { Store } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';

/** How long a removed goal or host can come back. */
const removedMs = 7 * DAY;

/** Deletes goals and hosts that were removed long enough ago, with their history. Resolves to their number. */
export async function pruneRemoved(store: Pick<Store, 'query'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - removedMs);
  const goals = await store.query({
    name: 'prune-removed-goals',
    text: 'DELETE FROM goals WHERE removed_at < $1',
    values: [before],
  });
  const hosts = await store.query({
    name: 'prune-removed-hosts',
    text: 'DELETE FROM machines WHERE removed_at < $1',
    values: [before],
  });
  return (goals.rowCount ?? 0) + (hosts.rowCount ?? 0);
}
