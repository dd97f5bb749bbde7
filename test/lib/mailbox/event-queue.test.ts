import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue, type QueuedEvent, type QueueSlot } from '../../../src/lib/mailbox/event-queue.ts';

const blockEvents = 4096;

interface Entry extends QueuedEvent {
  slot: QueueSlot;
}

/** A queue beside the plain array that says what it should hold. */
function pair() {
  const queue = new EventQueue();
  const model: Entry[] = [];
  let pushed = 0;
  const plain = (entry: Entry | undefined): QueuedEvent | undefined =>
    entry && { position: entry.position, length: entry.length, since: entry.since };
  return {
    push: (count: number) => {
      for (let left = count; left > 0; left -= 1) {
        pushed += 1;
        const event = { position: pushed * 100, length: pushed % 1000, since: 1.7e12 + pushed };
        queue.push(event.position, event.length, event.since);
        model.push({ ...event, slot: queue.lastSlot() });
      }
    },
    shift: (count: number) => {
      for (let left = count; left > 0; left -= 1) {
        const expected = plain(model.shift());
        const got = queue.shift();
        // A full comparison of each of millions would take minutes.
        if (got?.position !== expected?.position || got?.length !== expected?.length) {
          expect(got).toEqual(expected);
        }
        if (got?.since !== expected?.since) expect(got).toEqual(expected);
      }
    },
    replace: (share: number) => {
      const entry = model[Math.floor(share * model.length)];
      if (entry === undefined) return;
      const old = { position: entry.position, length: entry.length };
      pushed += 1;
      entry.position = pushed * 100;
      entry.length = 7;
      expect(queue.replace(entry.slot, entry.position, entry.length)).toEqual(old);
    },
    check: () => {
      expect(queue.size).toBe(model.length);
      expect(queue.headSince()).toBe(model[0]?.since);
      expect(queue.headPosition()).toBe(model[0]?.position);
    },
    left: () => model.length,
  };
}

const step = fc.oneof(
  fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 2 * blockEvents }) }),
  fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 2 * blockEvents }) }),
  fc.record({
    do: fc.constant('replace' as const),
    share: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }),
);

describe('EventQueue', () => {
  it('behaves as a plain array does, across the borders of its blocks', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const both = pair();
        for (const next of steps) {
          if (next.do === 'replace') both.replace(next.share);
          else both[next.do](next.count);
          both.check();
        }
        both.shift(both.left() + 1);
        both.check();
      }),
      { numRuns: 60 },
    );
  });

  it.each([blockEvents - 1, blockEvents, blockEvents + 1, 2 * blockEvents])(
    'goes on after it was emptied at exactly %i events',
    (count) => {
      const both = pair();
      for (let round = 0; round < 3; round += 1) {
        both.push(count);
        both.shift(count);
        both.check();
        both.push(1);
        both.replace(0);
        both.shift(2);
        both.check();
      }
    },
  );

  it('puts a line into the place of a waiting one, which keeps its turn and its age', () => {
    const queue = new EventQueue();
    queue.push(10, 1, 1000);
    const slot = queue.lastSlot();
    queue.push(20, 2, 2000);
    expect(queue.replace(slot, 30, 3)).toEqual({ position: 10, length: 1 });
    expect(queue.shift()).toEqual({ position: 30, length: 3, since: 1000 });
    expect(queue.shift()).toEqual({ position: 20, length: 2, since: 2000 });
    expect(queue.shift()).toBeUndefined();
  });

  it('holds 100,000 events and keeps positions beyond 2^40 exact', () => {
    const queue = new EventQueue();
    const base = 2 ** 50;
    for (let index = 0; index < 100_000; index += 1) queue.push(base + index, index, index);
    expect(queue.size).toBe(100_000);
    let wrong = 0;
    for (let index = 0; index < 100_000; index += 1) {
      const event = queue.shift();
      if (event?.position !== base + index || event.length !== index || event.since !== index) wrong += 1;
    }
    expect(wrong).toBe(0);
    expect(queue.size).toBe(0);
  });
});
