import { fromPromise } from 'xstate';
import type { DeliveryInput } from '../../machines/delivery/protocol.ts';
import type { Channel } from '../../src/outbox/channel.ts';
import { sendDelivery, type SendResult } from '../../src/outbox/send.ts';

/** Hands a delivery to its channel; see `sendDelivery`. */
export function createSendDelivery(channels: readonly Channel[]) {
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  return fromPromise<SendResult, DeliveryInput>(async ({ input: { delivery }, signal }) => {
    const channel = byName.get(delivery.channel);
    if (channel === undefined) throw new Error(`nobody serves the channel ${delivery.channel} here`);
    return sendDelivery(channel, delivery, signal);
  });
}
