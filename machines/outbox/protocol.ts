import type { ClaimedDelivery } from '../../src/outbox/rows/claim-deliveries.ts';

/** The channels to drain, and how many addresses each serves at once. */
export interface OutboxInput {
  channels: readonly { name: string; concurrency: number }[];
  /** How long deliveries under way may go on when it is asked to stop, in milliseconds. */
  drainMs: number;
}

/** News for the outbox: something was kept to be delivered, or a channel is back. */
export interface OutboxCommand {
  type: 'outbox.wake';
}

/** A question to the store: due deliveries, for so many more addresses of each channel. */
export interface LookRequest {
  rooms: readonly { name: string; room: number }[];
  /** The ids of the deliveries under way. */
  inHand: readonly number[];
}

/** The deliveries to be sent now, and how long until the next look at the latest. */
export interface LookResult {
  claimed: readonly ClaimedDelivery[];
  restMs: number;
}
