import { describe, expect, it } from 'vitest';
import { createRecordQueue, type RecordQueue } from '../../../src/events/router/record-queue.ts';
import type { RoutedEvent } from '../../../src/events/router/routed-event.ts';
import { parseLine } from '../../../src/lib/wire/parse-line.ts';

function routed(position: number, priority: 'HUMAN' | 'LOW'): RoutedEvent {
  const parsed = parseLine(`${priority}|cli||metric|${position}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { position, receivedAt: 0, event: parsed.event, route: 'reflex:record', rule: 'otherwise' };
}
const positions = (events: readonly RoutedEvent[]): number[] => events.map(({ position }) => position);
const counts = (queue: RecordQueue): [number, number] => [queue.waiting(), queue.humanWaiting()];

describe('queue', () => {
  it('hands out HUMAN events first and by themselves, the others in the order in which they came', () => {
    const queue = createRecordQueue();
    queue.put([routed(1, 'LOW'), routed(2, 'HUMAN'), routed(3, 'LOW')]);
    queue.put([routed(4, 'HUMAN'), routed(5, 'LOW')]);
    expect(counts(queue)).toEqual([5, 2]);
    expect(positions(queue.take(3))).toEqual([2, 4]);
    expect(counts(queue)).toEqual([3, 0]);
    queue.settle();
    expect(positions(queue.take(2))).toEqual([1, 3]);
    queue.settle();
    expect(positions(queue.take(10))).toEqual([5]);
    queue.settle();
    expect(positions(queue.take(10))).toEqual([]);
  });

  it('puts what is in hand back to the front, each among its own kind', () => {
    const queue = createRecordQueue();
    queue.put([routed(1, 'LOW'), routed(2, 'HUMAN'), routed(3, 'LOW')]);
    queue.take(10);
    queue.put([routed(4, 'HUMAN')]);
    queue.putBack();
    expect(counts(queue)).toEqual([4, 2]);
    expect(positions(queue.take(10))).toEqual([2, 4]);
    queue.settle();
    queue.take(1);
    queue.put([routed(5, 'LOW')]);
    queue.putBack();
    expect(counts(queue)).toEqual([3, 0]);
    expect(positions(queue.take(10))).toEqual([1, 3, 5]);
  });

  it('does nothing when there is nothing in hand to put back', () => {
    const queue = createRecordQueue();
    queue.put([routed(1, 'LOW')]);
    queue.take(1);
    queue.settle();
    queue.putBack();
    expect(counts(queue)).toEqual([0, 0]);
  });
});
