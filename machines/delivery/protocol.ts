import type { ClaimedDelivery } from '../../src/outbox/rows/claim-deliveries.ts';
import type { SendResult } from '../../src/outbox/send.ts';

/** One attempt at one delivery. */
export interface DeliveryInput {
  delivery: ClaimedDelivery;
}

/** What is to be written down about it. */
export interface RecordDeliveryRequest extends DeliveryInput {
  result: SendResult;
}
