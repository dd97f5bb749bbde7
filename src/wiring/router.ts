import { createRouter } from '../../actors/router.ts';
import { routerMachine } from '../../machines/router.ts';
import { createReportReader } from '../lib/graph/reports.ts';
import type { Reflexes } from '../lib/router/reflex.ts';
import { createEventIds } from '../lib/store/events/register-journal.ts';
import type { Parts } from '../parts.ts';
import { type Neighbours, tell } from './tell.ts';

/** The router, which empties the mailbox into the store and wakes the task supervisor. */
export function routerLogic(parts: Parts, reflexes: Reflexes) {
  const { database, journal, settings, paths } = parts;
  const router = createRouter({
    ...parts,
    store: database.store,
    ids: createEventIds(database.store, journal.uuid),
    spoolDir: paths.spool,
    batchSize: settings.get('store.batchSize'),
    reflexes,
    reports: createReportReader(),
  });
  return routerMachine.provide({
    actors: { record: router.record },
    actions: {
      pull: router.pull,
      announce: ({ system }, { recorded }) => {
        router.count(recorded);
        if (recorded.tasks > 0) tell(system as Neighbours, 'tasks', { type: 'tasks.wake' });
      },
    },
  });
}
