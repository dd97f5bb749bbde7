import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { deliveryMachine } from '../../../machines/delivery/machine.ts';
import { outboxMachine } from '../../../machines/outbox/machine.ts';
import type { LookRequest, LookResult } from '../../../machines/outbox/protocol.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { ClaimedDelivery } from '../../../src/outbox/rows/claim-deliveries.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const delivery = (id: number, channel = 'slow') => ({ id, channel }) as ClaimedDelivery;

function startOutbox() {
  const clock = new SimulatedClock();
  const looks: { request: LookRequest; end: ReturnType<typeof withResolvers<LookResult>> }[] = [];
  const sends = new Map<number, ReturnType<typeof withResolvers<undefined>>>();
  const problems: unknown[] = [];
  const machine = outboxMachine.provide({
    actors: {
      listen: fromCallback(() => undefined),
      look: fromPromise<LookResult, LookRequest>(({ input }) => {
        const end = withResolvers<LookResult>();
        looks.push({ request: input, end });
        return end.promise;
      }),
      delivery: deliveryMachine.provide({
        actors: {
          send: fromPromise(async ({ input }) => {
            const end = withResolvers<undefined>();
            sends.set(input.delivery.id, end);
            await end.promise;
            return { kind: 'delivered', answer: null };
          }),
          record: fromPromise(() => Promise.resolve(undefined)),
        },
      }),
    },
    actions: { reportProblem: (_, problem) => problems.push(problem) },
  });
  const actor = createActor(machine, {
    clock,
    input: {
      channels: [
        { name: 'slow', concurrency: 2 },
        { name: 'quick', concurrency: 1 },
      ],
      drainMs: 5_000,
    },
  });
  actor.start();
  return {
    actor,
    clock,
    looks,
    sends,
    problems,
    /** Answers the newest look. */
    found: async (claimed: readonly ClaimedDelivery[], restMs = 10_000) => {
      looks.at(-1)?.end.resolve({ claimed, restMs });
      await eventually(() => expect(actor.getSnapshot().value).toEqual({ serving: 'resting' }));
    },
    looksAre: (count: number) => eventually(() => expect(looks).toHaveLength(count)),
    reaches: (state: unknown) => eventually(() => expect(actor.getSnapshot().value).toEqual(state)),
  };
}

describe('outbox machine', () => {
  it('looks at its start, after a rest, and at once when it is woken', async () => {
    const { actor, clock, looks, found } = startOutbox();
    await found([], 3_000);
    clock.increment(2_999);
    expect(looks).toHaveLength(1);
    clock.increment(1);
    expect(looks).toHaveLength(2);
    await found([]);
    actor.send({ type: 'outbox.wake' });
    expect(looks).toHaveLength(3);
  });

  it('looks again where it was woken while it looked', async () => {
    const { actor, looks, looksAre } = startOutbox();
    actor.send({ type: 'outbox.wake' });
    actor.send({ type: 'outbox.wake' });
    expect(looks).toHaveLength(1);
    looks[0]?.end.resolve({ claimed: [], restMs: 10_000 });
    await looksAre(2);
  });

  it('asks for no more than each channel has room for, and a slow one leaves the others theirs', async () => {
    const { looks, sends, found, looksAre } = startOutbox();
    expect(looks[0]?.request).toEqual({
      rooms: [
        { name: 'slow', room: 2 },
        { name: 'quick', room: 1 },
      ],
      inHand: [],
    });
    await found([delivery(1), delivery(2), delivery(3, 'quick')]);
    sends.get(3)?.resolve(undefined);
    await looksAre(2);
    expect(looks[1]?.request).toEqual({
      rooms: [
        { name: 'slow', room: 0 },
        { name: 'quick', room: 1 },
      ],
      inHand: [1, 2],
    });
    await found([]);
    sends.get(1)?.resolve(undefined);
    await looksAre(3);
    expect(looks[2]?.request).toMatchObject({ inHand: [2] });
  });

  it('waits while the store is away, goes on with what is under way, and tries again by itself', async () => {
    const { clock, looks, sends, problems, found, looksAre, reaches } = startOutbox();
    await found([delivery(1)], 1_000);
    clock.increment(1_000);
    looks[1]?.end.reject(new StoreAwayError('away'));
    await reaches({ serving: 'waiting' });
    sends.get(1)?.resolve(undefined);
    await eventually(() => expect(looks).toHaveLength(2));
    clock.increment(2_000);
    await looksAre(3);
    expect(problems).toEqual([]);
  });

  it('reports a look that failed and makes another after a longer while', async () => {
    const { clock, looks, problems, reaches } = startOutbox();
    looks[0]?.end.reject(new Error('refused'));
    await reaches({ serving: 'pausing' });
    expect(problems).toEqual([{ during: 'look', error: new Error('refused') }]);
    clock.increment(10_000);
    expect(looks).toHaveLength(2);
  });

  it('lets what is under way end before it stops, and begins nothing new', async () => {
    const { actor, looks, sends, found, reaches } = startOutbox();
    await found([delivery(1)]);
    actor.send({ type: 'child.stop' });
    actor.send({ type: 'outbox.wake' });
    expect(actor.getSnapshot().value).toBe('draining');
    sends.get(1)?.resolve(undefined);
    await reaches('stopped');
    expect(looks).toHaveLength(1);
  });

  it('stops without it where that takes too long', async () => {
    const { actor, clock, found, reaches } = startOutbox();
    await found([delivery(1)]);
    actor.send({ type: 'child.stop' });
    clock.increment(5_000);
    await reaches('stopped');
  });

  it('survives a delivery whose actor fails', async () => {
    const { actor, clock, looks, sends, problems, found } = startOutbox();
    await found([delivery(1)], 1_000);
    sends.get(1)?.reject(new Error('a fault'));
    await eventually(() => expect(problems).toEqual([{ during: 'delivery.1', error: new Error('a fault') }]));
    expect(actor.getSnapshot().context.inHand).toEqual({});
    clock.increment(1_000);
    expect(looks).toHaveLength(2);
  });
});
