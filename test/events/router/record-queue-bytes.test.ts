import { describe, expect, it } from 'vitest';
import { createRecordQueue } from '../../../src/events/router/record-queue.ts';
import type { RoutedEvent } from '../../../src/events/router/routed-event.ts';
import { parseLine } from '../../../src/lib/wire/parse-line.ts';

function routed(line: string): RoutedEvent {
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { position: 0, receivedAt: 0, event: parsed.event, route: 'reflex:record', rule: 'otherwise' };
}
const low = (payload: string) => routed(`LOW|a||metric|${payload}`);
const sizes = (events: RoutedEvent[]) => events.map(({ event }) => event.payload.length);

describe('the queue to the store', () => {
  it('hands out no more bytes at once than it may, and always one event', () => {
    const queue = createRecordQueue({ maxBatchBytes: 1_000 });
    queue.put([400, 400, 400, 5_000, 10, 10].map((length) => low('x'.repeat(length))));
    expect(queue.waitingBytes()).toEqual({ human: 0, others: 6_220 });
    const batches: number[][] = [];
    while (queue.waiting() > 0) {
      batches.push(sizes(queue.take(100)));
      queue.settle();
    }
    expect(batches).toEqual([[400, 400], [400], [5_000], [10, 10]]);
    expect(queue.waitingBytes()).toEqual({ human: 0, others: 0 });
  });

  it('counts a spooled payload by its file', () => {
    const queue = createRecordQueue({
      maxBatchBytes: 1_000,
      spooledBytes: (name) => (name === 'large' ? 10_000 : 100),
    });
    queue.put([low('@spool:large'), low('@spool:small'), low('@spool:small'), routed('HUMAN|cli||ask|hi')]);
    expect(queue.waitingBytes()).toMatchObject({ human: 2 });
    expect(sizes(queue.take(100))).toEqual([2]);
    queue.settle();
    expect(queue.take(100).map(({ event }) => event.spool)).toEqual(['large']);
    queue.putBack();
    expect(queue.take(100).map(({ event }) => event.spool)).toEqual(['large']);
    queue.settle();
    expect(queue.take(100).map(({ event }) => event.spool)).toEqual(['small', 'small']);
  });

  it('takes half of a batch that failed, down to one event, and grows again with each success', () => {
    const queue = createRecordQueue();
    queue.put(Array.from({ length: 8 }, (_, index) => low(String(index))));
    const fails = (): number => {
      const taken = queue.take(100).length;
      queue.shrink();
      queue.putBack();
      return taken;
    };
    expect([fails(), fails(), fails(), fails(), fails()]).toEqual([8, 4, 2, 1, 1]);
    const passes = (): number => {
      const taken = queue.take(100).length;
      queue.settle();
      return taken;
    };
    expect([passes(), passes(), passes(), passes()]).toEqual([1, 2, 4, 1]);
  });
});
