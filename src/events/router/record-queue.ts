import { HUMAN } from '../../lib/wire/priority.ts';
import type { RoutedEvent } from './routed-event.ts';

/**
 * Routed events on their way into the store: HUMAN ones first and by themselves, so that the owner's answer waits for
 * no one else's rows; then the others in the order in which they were routed.
 * It outlives a restart of the router, so that nothing in the router's hands is lost with it.
 */
export interface RecordQueue {
  put(events: readonly RoutedEvent[]): void;
  /** Takes up to `limit` events in hand, and no more than some MiB of them; they stay there until `settle` or `putBack`. */
  take(limit: number): RoutedEvent[];
  /** The events in hand are recorded. */
  settle(): void;
  /** The events in hand could not be recorded now and go back to the front. */
  putBack(): void;
  /** Takes half as much the next time: the events in hand may have been too much at once. Each success doubles it again. */
  shrink(): void;
  /** Events that wait, without those in hand. */
  waiting(): number;
  /** HUMAN events that wait, without those in hand. */
  humanWaiting(): number;
  /** Bytes of the lines and the spooled files that wait, without those in hand; of HUMAN events, and of the others. */
  waitingBytes(): { human: number; others: number };
}

export interface RecordQueueOptions {
  /** Size of a spooled payload in bytes. Default: nothing is known of it. */
  spooledBytes?: (name: string) => number;
  /** Bytes taken at once, unless a single event has more. Default 4 MiB. */
  maxBatchBytes?: number;
}

interface Weighed {
  event: RoutedEvent;
  bytes: number;
}

const defaultMaxBatchBytes = 4 * 1024 * 1024;

/** See `RecordQueue`. */
export function createRecordQueue({
  spooledBytes = () => 0,
  maxBatchBytes = defaultMaxBatchBytes,
}: RecordQueueOptions = {}): RecordQueue {
  let human: Weighed[] = [];
  let others: Weighed[] = [];
  let inHand: Weighed[] = [];
  let mayTake = Infinity;
  const isHuman = ({ event: { event } }: Weighed): boolean => event.priority === HUMAN;
  const weigh = (event: RoutedEvent): Weighed => {
    const { payload, spool } = event.event;
    return { event, bytes: payload.length + (spool === undefined ? 0 : spooledBytes(spool)) };
  };
  return {
    put(events) {
      for (const event of events) {
        const weighed = weigh(event);
        (isHuman(weighed) ? human : others).push(weighed);
      }
    },
    take(limit) {
      const line = human.length > 0 ? human : others;
      inHand = line.splice(0, fitting(line, Math.min(limit, mayTake), maxBatchBytes));
      return inHand.map(({ event }) => event);
    },
    settle() {
      inHand = [];
      mayTake *= 2;
    },
    putBack() {
      human = [...inHand.filter(isHuman), ...human];
      others = [...inHand.filter((event) => !isHuman(event)), ...others];
      inHand = [];
    },
    shrink() {
      mayTake = Math.max(1, inHand.length >> 1);
    },
    waiting: () => human.length + others.length,
    humanWaiting: () => human.length,
    waitingBytes: () => ({ human: sizeOf(human), others: sizeOf(others) }),
  };
}

/** How many of the first events stay within both bounds; one always does. */
function fitting(line: readonly Weighed[], limit: number, maxBytes: number): number {
  let bytes = 0;
  let count = 0;
  for (const { bytes: more } of line) {
    if (count === limit || (count > 0 && bytes + more > maxBytes)) break;
    bytes += more;
    count += 1;
  }
  return count;
}

function sizeOf(events: readonly Weighed[]): number {
  return events.reduce((sum, { bytes }) => sum + bytes, 0);
}
