import { fromCallback, fromPromise } from 'xstate';
import { choreMachine } from '../../machines/chore.ts';
import { StoreAwayError } from '../lib/errors.ts';
import { trimJournal } from '../lib/journal/trim.ts';
import { pruneStore } from '../lib/store/prune.ts';
import type { Parts } from '../parts.ts';

/** Deletes the parts of the journal that the store has on its disk. */
export function journalKeeperLogic(parts: Parts) {
  const { journal, database } = parts;
  return chore(parts, 'the journal could not be trimmed', async () => {
    await trimJournal(journal, () => database.checkpoint());
  });
}

/** Deletes the rows that have been kept long enough. */
export function retentionLogic(parts: Parts) {
  const { database, settings, log } = parts;
  return chore(parts, 'old rows could not be deleted', async () => {
    const retention = {
      eventsDays: settings.get('retention.eventsDays'),
      tasksDays: settings.get('retention.tasksDays'),
      activityDays: settings.get('retention.activityDays'),
    };
    const deleted = await pruneStore(database.store, retention, new Date());
    if (deleted > 0) log.info({ rows: deleted }, 'deleted rows that were kept long enough');
  });
}

/**
 * A chore that logs its failures; while the store is away it simply waits. `listen` is told whom to call when there is
 * something to do before the rest is over, and returns the function that ends that; by default the chore only rests.
 */
export function chore(
  { log }: Parts,
  failure: string,
  work: (signal: AbortSignal) => Promise<void>,
  listen: (wake: () => void) => () => void = () => () => undefined,
) {
  return choreMachine.provide({
    actors: {
      work: fromPromise<unknown>(({ signal }) => work(signal)),
      alarm: fromCallback(({ sendBack }) => listen(() => sendBack({ type: 'chore.wake' }))),
    },
    actions: {
      reportFailure: (_, { error }) => {
        // While the store is away things are simply kept.
        if (!(error instanceof StoreAwayError)) log.error({ err: error }, failure);
      },
    },
  });
}
