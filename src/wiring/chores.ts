import { fromPromise } from 'xstate';
import { journalKeeperMachine } from '../../machines/journal-keeper.ts';
import { StoreAwayError } from '../lib/errors.ts';
import { trimJournal } from '../lib/journal/trim.ts';
import type { Parts } from '../parts.ts';

/** The journal's keeper, which deletes what the store has on its disk. */
export function journalKeeperLogic({ journal, database, log }: Parts) {
  return journalKeeperMachine.provide({
    actors: {
      trim: fromPromise(async () => {
        await trimJournal(journal, () => database.checkpoint());
      }),
    },
    actions: {
      reportFailure: (_, { error }) => {
        // While the store is away the journal is simply kept.
        if (!(error instanceof StoreAwayError)) log.error({ err: error }, 'the journal could not be trimmed');
      },
    },
  });
}
