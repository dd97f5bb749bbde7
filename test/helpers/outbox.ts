import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { type ActorRefFrom, createActor, type SimulatedClock, toPromise } from 'xstate';
import type { deliveryMachine } from '../../machines/delivery/machine.ts';
import { createBus, type DaemonBus } from '../../src/bus.ts';
import { settingsSchema } from '../../src/settings.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { Channel } from '../../src/outbox/channel.ts';
import { keepReplies, type Reply } from '../../src/outbox/keep-replies.ts';
import { type Delivery, listDeliveries } from '../../src/outbox/rows/list-deliveries.ts';
import { outboxInput, outboxLogic } from '../../src/wiring/outbox.ts';
import { eventually } from './eventually.ts';

export interface OutboxOptions {
  store: Store;
  channels: readonly Channel[];
  bus?: DaemonBus;
  worker?: string;
  drainMs?: number;
  /** By default the real one. */
  clock?: SimulatedClock;
  now?: () => Date;
}

/** The whole way out on a real store: everything real but the other side. */
export function startOutbox({ store, channels, worker = randomUUID(), ...options }: OutboxOptions) {
  const { bus = createBus(fail), drainMs = 5_000, clock } = options;
  const problems: unknown[] = [];
  const defaults = settingsSchema.defaults();
  const logic = outboxLogic(
    {
      database: { store },
      bus,
      journal: { uuid: worker },
      channels,
      settings: { get: (key) => defaults[key] },
      log: { error: (...words: unknown[]) => void problems.push(words) },
    },
    options.now,
  );
  const actor = createActor(logic, { input: outboxInput(channels, drainMs), ...(clock && { clock }) });
  const stopped = toPromise(actor);
  actor.start();
  return {
    actor,
    bus,
    problems,
    wake: () => actor.send({ type: 'outbox.wake' }),
    /** A look that begins now has come to its end. */
    async wakesAgain() {
      actor.send({ type: 'outbox.wake' });
      await eventually(() => expect(actor.getSnapshot().value).toEqual({ serving: 'resting' }));
    },
    /** The states of the deliveries under way. */
    deliveries: () =>
      Object.keys(actor.getSnapshot().context.inHand).map(
        (id) =>
          (
            actor.getSnapshot().children[id] as ActorRefFrom<typeof deliveryMachine> | undefined
          )?.getSnapshot().value,
      ),
    /** Nothing is under way and nothing is being looked for. */
    rests: () =>
      vi.waitFor(
        () => {
          const snapshot = actor.getSnapshot();
          expect(snapshot.value).toEqual({ serving: 'resting' });
          expect(snapshot.context.inHand).toEqual({});
        },
        { timeout: 30_000, interval: 2 },
      ),
    /** Ends it in order. */
    async stop() {
      actor.send({ type: 'child.stop' });
      await stopped;
    },
    /** Ends it between two instructions, as a SIGKILL would. */
    kill: () => actor.stop(),
  };
}

function fail(thrown: unknown): never {
  throw thrown;
}

let lastEvent = 0;

/** Keeps a reply of the owner's own event. */
export async function keepReply(store: Store, reply: Partial<Reply> = {}, now = new Date()): Promise<void> {
  const eventId = (lastEvent += 1);
  const whole = {
    eventId,
    source: 'cli',
    replyTo: 'test:owner',
    subject: `event:${eventId}`,
    state: 'done',
    text: `reply ${eventId}`,
    ...reply,
  };
  await keepReplies(store, [whole], now);
}

/** All deliveries, oldest first. */
export async function deliveries(store: Store): Promise<Delivery[]> {
  return (await listDeliveries(store, { limit: 1_000 })).reverse();
}

/** Waits until every delivery has come to its end. */
export function allEnd(store: Store): Promise<Delivery[]> {
  return vi.waitFor(
    async () => {
      const rows = await deliveries(store);
      expect(rows.filter(({ endedAt }) => endedAt === null)).toEqual([]);
      return rows;
    },
    { timeout: 60_000, interval: 20 },
  );
}

/** Empties what the outbox writes. */
export async function clearOutbox(store: Store): Promise<void> {
  await store.query({
    text: 'TRUNCATE deliveries, delivery_channels, owner_notices, activity_log RESTART IDENTITY',
  });
}
