import { assign, fromCallback, fromPromise, setup, stopChild } from 'xstate';
import type { ClaimedDelivery } from '../../src/outbox/rows/claim-deliveries.ts';
import { deliveryMachine } from '../delivery/machine.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, tellRefusal, type Thrown } from '../lib/store-trouble.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { LookRequest, LookResult, OutboxCommand, OutboxInput } from './protocol.ts';

/** What the outbox remembers; all else stands in the rows. */
interface OutboxContext extends OutboxInput {
  /** The deliveries under way, by the id of their actor. */
  inHand: Readonly<Record<string, { id: number; channel: string }>>;
  restMs: number;
  /** Something happened while the rows were being looked at. */
  woken: boolean;
}

type OutboxEvent =
  | OutboxCommand
  | ChildCommand
  | { type: `xstate.done.actor.delivery.${number}`; output: undefined; actorId: string }
  | { type: `xstate.error.actor.delivery.${number}`; error: unknown; actorId: string };

/** What no state shows; `during` names what was being done. */
interface OutboxProblem extends Thrown {
  during: string;
}

const base = setup({
  types: {
    context: {} as OutboxContext,
    input: {} as OutboxInput,
    events: {} as OutboxEvent,
  },
  actors: {
    /** Sends `outbox.wake` as long as it lives. */
    listen: fromCallback<OutboxCommand>(placeholder('outbox', 'listen')),
    look: fromPromise<LookResult, LookRequest>(placeholder('outbox', 'look')),
    delivery: deliveryMachine,
  },
});

/** What the outbox does, decides by and waits for; `machine.ts` says when. */
export const outboxSetup = base.extend({
  actions: {
    reportProblem: placeholder<OutboxProblem>('outbox', 'reportProblem'),
    tellRefusal,
    markWoken: assign({ woken: true }),
    markSeen: assign({ woken: false }),
    keepRest: assign({ restMs: (_, restMs: number) => restMs }),
    beginDeliveries: assign({
      inHand: ({ context, spawn }, claimed: readonly ClaimedDelivery[]) => {
        for (const delivery of claimed) {
          spawn('delivery', { id: actorIdOf(delivery.id), input: { delivery } });
        }
        const begun = claimed.map(({ id, channel }) => [actorIdOf(id), { id, channel }] as const);
        return { ...context.inHand, ...Object.fromEntries(begun) };
      },
    }),
    endDelivery: stopChild((_, actorId: string) => actorId),
    forgetDelivery: assign({
      inHand: ({ context }, actorId: string) =>
        Object.fromEntries(Object.entries(context.inHand).filter(([known]) => known !== actorId)),
    }),
  },
  guards: {
    wasWoken: ({ context }) => context.woken,
    isIdle: ({ context }) => Object.keys(context.inHand).length === 0,
    isStoreAway,
  },
  delays: {
    rest: ({ context }) => context.restMs,
    drain: ({ context }) => context.drainMs,
    storeRetry: 2_000,
    failureRetry: 10_000,
  },
});

/** What the next look may claim. */
export function requestOf({ channels, inHand }: OutboxContext): LookRequest {
  const underWay = Object.values(inHand);
  return {
    rooms: channels.map(({ name, concurrency }) => ({
      name,
      room: concurrency - underWay.filter(({ channel }) => channel === name).length,
    })),
    inHand: underWay.map(({ id }) => id),
  };
}

function actorIdOf(id: number): string {
  return `delivery.${id}`;
}
