import { createFifoReader } from '../../actors/fifo-reader.ts';
import { fifoReaderMachine } from '../../machines/fifo-reader.ts';
import type { Parts } from '../parts.ts';
import { type Neighbours, tell } from './tell.ts';

/** The pipe's reader, which fills the mailbox. */
export function fifoReaderLogic({
  journal,
  intake,
  mailbox,
  counters,
  watchers,
  log,
  paths,
  settings,
}: Parts) {
  return fifoReaderMachine.provide({
    actors: createFifoReader({
      fifoPath: paths.fifo,
      journal,
      intake,
      maxJournalBytes: settings.get('journal.maxBytes'),
      onSynced: (position) => watchers.noteSynced(position),
      onMovedAside: (where) => {
        log.error({ where }, 'something that is no pipe stood in the place of the pipe; it was moved aside');
      },
    }),
    actions: {
      deliver: ({ system }, { batches }) => {
        for (const batch of batches) {
          counters.accepted += batch.count;
          mailbox.offer(batch, Date.now());
        }
        tell(system as Neighbours, 'mailbox', { type: 'mail.arrived' });
      },
      reportStuck: (_, { reason }) => log.error({ reason }, 'no events are taken at the moment'),
      reportReplaced: () =>
        log.warn({ fifo: paths.fifo }, 'the pipe was removed or replaced; it is made anew'),
    },
  });
}
