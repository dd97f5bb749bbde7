import { setup } from 'xstate';
import type { Mailbox } from '../../src/lib/mailbox/mailbox.ts';
import { tell } from '../neighbours.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { MailboxCommand } from './protocol.ts';

export interface MailboxInput {
  /** The waiting events; they outlive a restart of this actor. */
  mailbox: Pick<Mailbox, 'isFull' | 'hasRoom'>;
}

/**
 * Tells the router that mail waits, and holds the reader back at the bound.
 *
 *     open ──bound reached──▶ full          full ──a tenth is free──▶ open
 *
 * The reader puts events into the mailbox and the router takes them out when it has room; only news of that travels
 * as events, so that nothing is under way, and could be lost, while one of the three is between two lives.
 */
export const mailboxMachine = setup({
  types: {
    context: {} as MailboxInput,
    input: {} as MailboxInput,
    events: {} as MailboxCommand | ChildCommand,
  },
  actions: {
    tellRouter: ({ system }) => tell(system, 'router', { type: 'mail.waiting' }),
    holdReader: ({ system }) => tell(system, 'fifo-reader', { type: 'reader.pause' }),
    releaseReader: ({ system }) => tell(system, 'fifo-reader', { type: 'reader.resume' }),
  },
  guards: {
    isFull: ({ context }) => context.mailbox.isFull(),
    hasRoom: ({ context }) => context.mailbox.hasRoom(),
  },
}).createMachine({
  id: 'mailbox',
  context: ({ input }) => input,
  initial: 'open',
  on: {
    'mail.arrived': { actions: 'tellRouter' },
    'child.stop': '.stopped',
  },
  states: {
    open: {
      // An earlier life of this actor may have held the reader.
      entry: ['releaseReader', 'tellRouter'],
      always: { guard: 'isFull', target: 'full' },
    },
    full: {
      entry: 'holdReader',
      on: {
        'mailbox.taken': { guard: 'hasRoom', target: 'open' },
        // From a reader that began a new life since, and does not know that it is held.
        'mail.arrived': { actions: ['holdReader', 'tellRouter'] },
      },
    },
    stopped: { type: 'final' },
  },
});
