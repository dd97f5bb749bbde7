import type { RoutedEvent } from './routed-event.ts';

/**
 * Routed events on their way into the store: HUMAN ones first and by themselves, so that the owner's answer waits for
 * no one else's rows; then the others in the order in which they were routed.
 * It outlives a restart of the router, so that nothing in the router's hands is lost with it.
 */
export interface Desk {
  put(events: readonly RoutedEvent[]): void;
  /** Takes up to `limit` events in hand; they stay there until `settle` or `putBack`. */
  take(limit: number): RoutedEvent[];
  /** What is in hand is recorded. */
  settle(): void;
  /** What is in hand could not be recorded now and goes back to the front. */
  putBack(): void;
  /** Events that wait, without those in hand. */
  waiting(): number;
  /** HUMAN events that wait, without those in hand. */
  humanWaiting(): number;
}

/** See `Desk`. */
export function createDesk(): Desk {
  let human: RoutedEvent[] = [];
  let others: RoutedEvent[] = [];
  let inHand: RoutedEvent[] = [];
  const isHuman = ({ event }: RoutedEvent): boolean => event.priority === 0;
  return {
    put(events) {
      for (const event of events) (isHuman(event) ? human : others).push(event);
    },
    take(limit) {
      inHand = (human.length > 0 ? human : others).splice(0, limit);
      return inHand;
    },
    settle() {
      inHand = [];
    },
    putBack() {
      human = [...inHand.filter(isHuman), ...human];
      others = [...inHand.filter((event) => !isHuman(event)), ...others];
      inHand = [];
    },
    waiting: () => human.length + others.length,
    humanWaiting: () => human.length,
  };
}
