import { createFifoReader } from '../../actors/events/fifo-reader.ts';
import { fifoReaderMachine } from '../../machines/fifo-reader/machine.ts';
import type { Services } from '../services.ts';

/** The pipe's reader, which fills the mailbox. */
export function fifoReaderLogic({
  journal,
  intake,
  mailbox,
  counters,
  acceptance,
  log,
  paths,
  settings,
}: Services) {
  return fifoReaderMachine.provide({
    actors: createFifoReader({
      fifoPath: paths.fifo,
      journal,
      intake,
      maxJournalBytes: settings.get('journal.maxBytes'),
      onSynced: (position) => acceptance.recordSynced(position),
      onMovedAside: (where) => {
        log.error(
          { where },
          'something that is no pipe of ours stood in the place of the pipe; it was moved aside',
        );
      },
      onMadePrivate: (mode) => {
        log.error(
          { fifo: paths.fifo, mode: mode.toString(8) },
          'the mode of the pipe was changed, so that others could write events; it is 600 again, and who has opened it meanwhile can go on',
        );
      },
    }),
    actions: {
      deliver: (_, { batches }) => {
        for (const batch of batches) {
          counters.accepted += batch.count;
          mailbox.offer(batch, Date.now());
        }
      },
      reportStuck: (_, { reason }) => log.error({ reason }, 'no events are taken at the moment'),
      reportReplaced: () =>
        log.warn({ fifo: paths.fifo }, 'the pipe was removed or replaced; it is made anew'),
    },
  });
}
