import { fromCallback } from 'xstate';
import { createLookForDeliveries } from '../../actors/outbox/look-for-deliveries.ts';
import { createRecordDelivery } from '../../actors/outbox/record-delivery.ts';
import { createSendDelivery } from '../../actors/outbox/send-delivery.ts';
import { deliveryMachine } from '../../machines/delivery/machine.ts';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import type { OutboxCommand, OutboxInput } from '../../machines/outbox/protocol.ts';
import { type Channel, defaultConcurrency } from '../outbox/channel.ts';
import type { DaemonBus } from '../bus.ts';
import type { LiveSettings } from '../settings.ts';
import { HOUR } from '../lib/time.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../lib/store/store.ts';

/** What the outbox is made of. */
export interface OutboxServices {
  database: { store: Store };
  bus: DaemonBus;
  journal: { uuid: string };
  channels: readonly Channel[];
  settings: Pick<LiveSettings, 'get'>;
  log: Pick<Logger, 'error'>;
}

/** The way out for replies and news. */
export function outboxLogic(
  { database: { store }, bus, journal, channels, settings, log }: OutboxServices,
  now = () => new Date(),
  mayGiveUp?: (now: Date) => Promise<boolean>,
) {
  const back = new Set<string>();
  return outboxMachine.provide({
    actors: {
      look: createLookForDeliveries({
        store,
        bus,
        channels,
        worker: journal.uuid,
        now,
        ...(mayGiveUp && { mayGiveUp }),
        giveUpMs: () => settings.get('outbox.giveUpHours') * HOUR,
        takeBack() {
          const names = [...back];
          back.clear();
          return names;
        },
      }),
      delivery: deliveryMachine.provide({
        actors: {
          send: createSendDelivery(channels),
          record: createRecordDelivery({ store, bus, now }),
        },
        actions: {
          reportFailure: (_, { error }) => log.error({ err: error }, 'a delivery could not be written down'),
        },
      }),
      listen: fromCallback<OutboxCommand>(({ sendBack }) => {
        const wake = (): void => sendBack({ type: 'outbox.wake' });
        const stops = [
          bus.on('task.ended', wake),
          bus.on('owner.told', wake),
          bus.on('delivery.waiting', wake),
          bus.on('events.recorded', ({ records }) => {
            if (records.some(({ replyTo }) => replyTo !== undefined)) wake();
          }),
          ...channels.map(({ name, onBack }) =>
            onBack?.(() => {
              back.add(name);
              wake();
            }),
          ),
        ];
        return () => stops.forEach((stop) => stop?.());
      }),
    },
    actions: {
      reportProblem: (_, { during, error }) => log.error({ err: error }, `outbox: ${during} failed`),
    },
  });
}

/** How much the outbox does at once, and how long it may take to stop. */
export function outboxInput(channels: readonly Channel[], drainMs: number): OutboxInput {
  return {
    channels: channels.map(({ name, concurrency = defaultConcurrency }) => ({ name, concurrency })),
    drainMs,
  };
}
