import { assign, fromPromise, setup } from 'xstate';
import type { SendResult } from '../../src/outbox/send.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, onStoreTrouble, tellRefusal, thrown, type Thrown } from '../lib/store-trouble.ts';
import type { DeliveryInput, RecordDeliveryRequest } from './protocol.ts';

interface DeliveryContext extends DeliveryInput {
  result: SendResult | undefined;
}

/**
 * One attempt at one delivery: sent once, and then written down however long that takes.
 * It begins with a row that is marked `sending` already, under a lease (see `claimDeliveries`).
 *
 *     sending ──▶ recording ──▶ recorded
 *                 ▲ ├ store away ──▶ waiting ─┐
 *                 │ └ refused ─────▶ pausing ─┤
 *                 └──────────a while──────────┘
 *
 * Exactly once, as far as the other side permits:
 * 1. The row says `sending` before anything leaves, and belongs to one worker until its lease ends.
 * 2. The message carries the token of its row, the same at every attempt.
 * 3. The row ends as `delivered` with the answer, which stands whatever else is written later.
 *
 * A crash between 1 and 3 leaves `sending`: this worker's next life takes it up at once, another one when the lease has
 * run out. It is sent again with `mayBeRepeat`, so that a channel can look for the token first; one whose repeats are
 * `unwanted` fails it instead. A result is kept while the store is away, since the only other way to learn it is to send again.
 */
export const deliveryMachine = setup({
  types: { context: {} as DeliveryContext, input: {} as DeliveryInput },
  actors: {
    /** Never rejects but by a fault of its own. */
    send: fromPromise<SendResult, DeliveryInput>(placeholder('delivery', 'send')),
    record: fromPromise<undefined, RecordDeliveryRequest>(placeholder('delivery', 'record')),
  },
  actions: {
    /** The result could not be written down, for another reason than an outage. */
    reportFailure: placeholder<Thrown>('delivery', 'reportFailure'),
    tellRefusal,
    keepResult: assign({ result: (_, result: SendResult) => result }),
  },
  guards: { isStoreAway },
  delays: { storeRetry: 2_000, failureRetry: 30_000 },
}).createMachine({
  id: 'delivery',
  context: ({ input }) => ({ ...input, result: undefined }),
  initial: 'sending',
  states: {
    sending: {
      invoke: {
        id: 'send',
        src: 'send',
        input: ({ context: { delivery } }) => ({ delivery }),
        onDone: {
          target: 'recording',
          actions: { type: 'keepResult', params: ({ event }) => event.output },
        },
      },
    },
    recording: {
      invoke: {
        id: 'record',
        src: 'record',
        input: ({ context: { delivery, result } }) => ({ delivery, result: result as SendResult }),
        onDone: 'recorded',
        onError: onStoreTrouble({
          away: { target: 'waiting', actions: { type: 'tellRefusal', params: thrown } },
          otherwise: { target: 'pausing', actions: { type: 'reportFailure', params: thrown } },
        }),
      },
    },
    waiting: { after: { storeRetry: 'recording' } },
    pausing: { after: { failureRetry: 'recording' } },
    recorded: { type: 'final' },
  },
});
