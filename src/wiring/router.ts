import { createRouter } from '../../actors/events/router.ts';
import { routerMachine } from '../../machines/router/machine.ts';
import { createReportReader } from '../graph/reports.ts';
import type { Reflexes } from '../lib/reflexes/reflex.ts';
import { createEventIds } from '../events/rows/register-journal.ts';
import { removeSpool } from '../lib/wire/spool.ts';
import { keepAnswers } from '../outbox/keep-replies.ts';
import type { Services } from '../services.ts';

/** The router, which empties the mailbox into the store. */
export function routerLogic(services: Services, reflexes: Reflexes) {
  const { backupHold, database, journal, settings, paths, replayEnd, log } = services;
  const router = createRouter({
    ...services,
    store: database.store,
    ids: createEventIds(database.store, {
      uuid: journal.uuid,
      replayEnd,
      onProblem: (problem) => log.warn(problem),
    }),
    spoolDir: paths.spool,
    removeSpool: (name) => backupHold.afterwards(() => removeSpool(paths.spool, name)),
    batchSize: settings.get('store.batchSize'),
    reflexes,
    reports: createReportReader(),
    keepAnswers,
  });
  return routerMachine.provide({
    actors: { record: router.record },
    actions: { pull: router.pull, count: (_, recorded) => router.count(recorded) },
  });
}
