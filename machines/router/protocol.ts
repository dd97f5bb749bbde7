import type { RoutedEvent } from '../../src/events/router/routed-event.ts';

/** Commands to the router. */
export type RouterCommand =
  /** Take some when there is room. */
  | { type: 'mail.waiting' }
  /** The store is back. */
  | { type: 'database.ready' };

/** Input of `record`. */
export interface RecordInput {
  events: RoutedEvent[];
}
