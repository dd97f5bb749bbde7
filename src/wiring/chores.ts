import { fromCallback, fromPromise } from 'xstate';
import { choreMachine } from '../../machines/chore/machine.ts';
import type { AlarmFact } from '../../machines/chore/protocol.ts';
import { StoreAwayError } from '../lib/errors.ts';
import { trimJournal } from '../lib/journal/trim.ts';
import { compactResults } from '../memory/keep/compact-results.ts';
import { dropModels } from '../memory/keep/drop-models.ts';
import { pruneMemories } from '../memory/rows/prune-memories.ts';
import { mayPrune } from '../retention/may-prune.ts';
import { pruneSamples } from '../sensors/self-watch/samples.ts';
import { pruneRemoved } from '../retention/prune-removed.ts';
import { pruneStore } from '../retention/prune.ts';
import { stopBaseBackup } from '../upkeep/base-backup.ts';
import type { Services } from '../services.ts';

/** Deletes the parts of the journal that the store has on its disk. */
export function journalKeeperLogic(services: Services) {
  const { journal, database, backupHold } = services;
  return chore(services, 'the journal could not be trimmed', async () => {
    if (await backupHold.sweep()) await endBaseBackup(services);
    if (backupHold.isHeld()) return;
    await trimJournal(journal, () => database.checkpoint());
  });
}

/** A backup that was killed has left the database in the middle of one. */
async function endBaseBackup({ database, log }: Services): Promise<void> {
  log.warn('a backup was begun and not ended: what it held is free again');
  if (database.input.kind === 'embedded') await stopBaseBackup(database.store).catch(() => undefined);
}

/** Deletes the rows that have been kept long enough. */
export function retentionLogic(services: Services) {
  const { bus, database, embedders, settings, log } = services;
  return chore(services, 'old rows could not be deleted', async (signal) => {
    const now = new Date();
    if (!(await mayPrune({ store: database.store, bus }, now))) {
      log.warn('the clock has jumped: nothing is deleted for its age until it has gone on for a day');
      return;
    }
    const retention = {
      eventsDays: settings.get('retention.eventsDays'),
      tasksDays: settings.get('retention.tasksDays'),
      activityDays: settings.get('retention.activityDays'),
      deliveriesDays: settings.get('retention.deliveriesDays'),
      firesDays: settings.get('retention.firesDays'),
    };
    const deleted =
      (await pruneStore(database.store, retention, now)) +
      (await pruneRemoved(database.store, now)) +
      (await pruneSamples(database.store, now)) +
      (await pruneMemories(database.store, { days: settings.get('retention.memoriesDays'), now, signal }));
    if (deleted > 0) log.info({ rows: deleted }, 'deleted rows that were kept long enough');
    const dropped = await dropModels(database.store, embedders, now);
    if (dropped.length > 0)
      log.info({ models: dropped }, 'dropped the vectors of models that are not used any more');
    const afterDays = settings.get('memory.compactAfterDays');
    if (afterDays === null) return;
    const summaries = await compactResults(database.store, { afterDays, now, signal });
    if (summaries > 0) log.info({ summaries }, 'gathered old results of tasks into summaries');
  });
}

/**
 * A chore that logs its failures; while the store is away it simply waits. `listen` is told whom to call when there is
 * something to do before the rest is over, and returns the function that ends that; by default the chore only rests. A work that
 * has left something calls `wake` itself.
 */
export function chore(
  { log }: Services,
  failure: string,
  work: (signal: AbortSignal, wake: () => void) => Promise<void>,
  listen: (wake: () => void) => () => void = () => () => undefined,
) {
  let wake = (): void => undefined;
  return choreMachine.provide({
    actors: {
      work: fromPromise<unknown>(({ signal }) => work(signal, () => wake())),
      alarm: fromCallback(({ sendBack }) => {
        const tellMachine = (fact: AlarmFact): void => sendBack(fact);
        wake = () => tellMachine({ type: 'chore.wake' });
        return listen(wake);
      }),
    },
    actions: {
      reportFailure: (_, { error }) => {
        // While the store is away things are simply kept.
        if (!(error instanceof StoreAwayError) || error.refused) log.error({ err: error }, failure);
      },
    },
  });
}
