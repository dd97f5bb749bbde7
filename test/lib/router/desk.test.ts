import { describe, expect, it } from 'vitest';
import { createDesk, type Desk } from '../../../src/lib/router/desk.ts';
import type { RoutedEvent } from '../../../src/lib/router/routed-event.ts';
import { parseLine } from '../../../src/lib/wire/parse-line.ts';

function routed(position: number, priority: 'HUMAN' | 'LOW'): RoutedEvent {
  const parsed = parseLine(`${priority}|cli||metric|${position}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { position, receivedAt: 0, event: parsed.event, route: 'reflex:record', rule: 'otherwise' };
}
const positions = (events: readonly RoutedEvent[]): number[] => events.map(({ position }) => position);
const counts = (desk: Desk): [number, number] => [desk.waiting(), desk.humanWaiting()];

describe('desk', () => {
  it('hands out HUMAN events first and by themselves, the others in the order in which they came', () => {
    const desk = createDesk();
    desk.put([routed(1, 'LOW'), routed(2, 'HUMAN'), routed(3, 'LOW')]);
    desk.put([routed(4, 'HUMAN'), routed(5, 'LOW')]);
    expect(counts(desk)).toEqual([5, 2]);
    expect(positions(desk.take(3))).toEqual([2, 4]);
    expect(counts(desk)).toEqual([3, 0]);
    desk.settle();
    expect(positions(desk.take(2))).toEqual([1, 3]);
    desk.settle();
    expect(positions(desk.take(10))).toEqual([5]);
    desk.settle();
    expect(positions(desk.take(10))).toEqual([]);
  });

  it('puts what is in hand back to the front, each among its own kind', () => {
    const desk = createDesk();
    desk.put([routed(1, 'LOW'), routed(2, 'HUMAN'), routed(3, 'LOW')]);
    desk.take(10);
    desk.put([routed(4, 'HUMAN')]);
    desk.putBack();
    expect(counts(desk)).toEqual([4, 2]);
    expect(positions(desk.take(10))).toEqual([2, 4]);
    desk.settle();
    desk.take(1);
    desk.put([routed(5, 'LOW')]);
    desk.putBack();
    expect(counts(desk)).toEqual([3, 0]);
    expect(positions(desk.take(10))).toEqual([1, 3, 5]);
  });

  it('does nothing when there is nothing in hand to put back', () => {
    const desk = createDesk();
    desk.put([routed(1, 'LOW')]);
    desk.take(1);
    desk.settle();
    desk.putBack();
    expect(counts(desk)).toEqual([0, 0]);
  });
});
