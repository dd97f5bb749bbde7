import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMailbox, type Mailbox, type MailItem } from '../../../src/lib/mailbox/mailbox.ts';
import { PRIORITIES } from '../../../src/lib/wire/priority.ts';
import { type AcceptedLine, acceptedBatch } from '../../helpers/accepted-batch.ts';

const [HUMAN, URGENT, HIGH, NORMAL, LOW, IDLE] = [0, 1, 2, 3, 4, 5];
const ageingMs = 1_000;

const line = (position: number, priority: number, coalesceKey?: string): AcceptedLine => ({
  position,
  length: 10,
  priority,
  coalesceKey,
});
const offer = (mailbox: Mailbox, now: number, ...lines: AcceptedLine[]): void =>
  mailbox.offer(acceptedBatch(lines), now);
const positions = (items: readonly MailItem[]): number[] => items.map(({ position }) => position);

describe('mailbox', () => {
  it('hands out by strict priority, and within one in the order of arrival', () => {
    const mailbox = createMailbox();
    offer(
      mailbox,
      0,
      line(1, IDLE),
      line(2, LOW),
      line(3, NORMAL),
      line(4, HIGH),
      line(5, URGENT),
      line(6, HUMAN),
    );
    offer(mailbox, 1, line(7, HUMAN), line(8, IDLE), line(9, HIGH));
    expect(positions(mailbox.take(4, 2))).toEqual([6, 7, 5, 4]);
    expect(positions(mailbox.take(100, 2))).toEqual([9, 3, 2, 1, 8]);
    expect(mailbox.take(100, 2)).toEqual([]);
  });

  it('says of each event its line, its own priority and since when it waits', () => {
    const mailbox = createMailbox({ ageingMs: () => ageingMs });
    mailbox.offer(acceptedBatch([{ position: 7, length: 33, priority: LOW }]), 500);
    expect(mailbox.take(1, 500 + 3 * ageingMs)).toEqual([
      { position: 7, length: 33, since: 500, priority: LOW, superseded: false },
    ]);
  });

  it('hands out HUMAN events alone on request', () => {
    const mailbox = createMailbox();
    offer(mailbox, 0, line(1, URGENT), line(2, HUMAN), line(3, HUMAN), line(4, HUMAN));
    expect(positions(mailbox.takeHuman(2))).toEqual([2, 3]);
    expect(mailbox.takeHuman(-1)).toEqual([]);
    expect(positions(mailbox.takeHuman(5))).toEqual([4]);
    expect(mailbox.takeHuman(5)).toEqual([]);
    expect(mailbox.depth()).toBe(1);
  });

  it('lets an event rise one level a period, and never into HUMAN', () => {
    const mailbox = createMailbox({ ageingMs: () => ageingMs });
    const overtakes = (age: number, rival: number): boolean => {
      offer(mailbox, 0, line(1, IDLE));
      offer(mailbox, age, line(2, rival));
      const [first] = mailbox.take(2, age);
      return first?.position === 1;
    };
    expect(overtakes(ageingMs - 1, LOW)).toBe(false);
    expect(overtakes(ageingMs, LOW)).toBe(true);
    expect(overtakes(2 * ageingMs - 1, NORMAL)).toBe(false);
    expect(overtakes(2 * ageingMs, NORMAL)).toBe(true);
    expect(overtakes(4 * ageingMs - 1, URGENT)).toBe(false);
    expect(overtakes(4 * ageingMs, URGENT)).toBe(true);
    expect(overtakes(1_000_000 * ageingMs, HUMAN)).toBe(false);
  });

  it('follows a change of the ageing period at once, and a clock set back ages nobody', () => {
    let period = ageingMs;
    const mailbox = createMailbox({ ageingMs: () => period });
    offer(mailbox, 10_000, line(1, LOW));
    offer(mailbox, 10_000, line(2, NORMAL));
    expect(positions(mailbox.take(1, 0))).toEqual([2]);
    offer(mailbox, 10_100, line(3, NORMAL));
    period = 100;
    expect(positions(mailbox.take(1, 10_100))).toEqual([1]);
  });

  it('coalesces to the latest line, which has the turn of the first but its own time of arrival', () => {
    const mailbox = createMailbox({ ageingMs: () => ageingMs });
    offer(mailbox, 0, line(1, LOW, 'fleet|heartbeat'), line(2, LOW));
    offer(mailbox, 700, line(3, LOW, 'fleet|heartbeat'));
    offer(mailbox, 800, line(4, LOW, 'fleet|heartbeat'));
    expect(mailbox.depth()).toBe(4);
    expect(mailbox.depthByPriority()).toMatchObject({ LOW: 2 });
    expect(mailbox.take(10, 900)).toEqual([
      { position: 4, length: 10, since: 800, priority: LOW, superseded: false },
      { position: 2, length: 10, since: 0, priority: LOW, superseded: false },
      { position: 1, length: 10, since: 0, priority: IDLE, superseded: true },
      { position: 3, length: 10, since: 700, priority: IDLE, superseded: true },
    ]);
  });

  it('ages a coalesced event from the arrival of its first line', () => {
    const mailbox = createMailbox({ ageingMs: () => ageingMs });
    offer(mailbox, 0, line(1, LOW, 'fleet|heartbeat'));
    offer(mailbox, 999, line(2, LOW, 'fleet|heartbeat'));
    offer(mailbox, 1_000, line(3, NORMAL));
    expect(positions(mailbox.take(2, 1_000))).toEqual([2, 3]);
  });

  it('does not let a later line cost a coalesced event its turn among those of the same effective priority', () => {
    const mailbox = createMailbox({ ageingMs: () => ageingMs });
    offer(mailbox, 0, line(1, LOW, 'fleet|heartbeat'));
    offer(mailbox, 500, line(2, NORMAL));
    offer(mailbox, 600, line(3, LOW, 'fleet|heartbeat'));
    expect(positions(mailbox.take(2, 1_000))).toEqual([3, 2]);
  });

  it('coalesces neither across priorities nor with what was handed out already', () => {
    const mailbox = createMailbox();
    offer(mailbox, 0, line(1, LOW, 'a|heartbeat'), line(2, HIGH, 'a|heartbeat'), line(3, LOW, 'b|heartbeat'));
    expect(positions(mailbox.take(2, 0))).toEqual([2, 1]);
    offer(mailbox, 0, line(4, HIGH, 'a|heartbeat'), line(5, LOW, 'a|heartbeat'));
    expect(mailbox.take(10, 0).map(({ position, superseded }) => [position, superseded])).toEqual([
      [4, false],
      [3, false],
      [5, false],
    ]);
  });

  it('is full at its bound, superseded events included, and has room again when a tenth is free', () => {
    const mailbox = createMailbox({ capacity: 10 });
    for (let index = 0; index < 9; index += 1) offer(mailbox, 0, line(index, LOW, 'a|heartbeat'));
    expect([mailbox.isFull(), mailbox.hasRoom()]).toEqual([false, true]);
    offer(mailbox, 0, line(9, HIGH));
    expect([mailbox.isFull(), mailbox.hasRoom()]).toEqual([true, false]);
    offer(mailbox, 0, line(10, HIGH));
    mailbox.take(1, 0);
    expect([mailbox.isFull(), mailbox.hasRoom()]).toEqual([true, false]);
    mailbox.take(1, 0);
    expect([mailbox.isFull(), mailbox.hasRoom()]).toEqual([false, true]);
  });

  it('says how long the longest waiting event waits', () => {
    const mailbox = createMailbox();
    expect(mailbox.oldestWaitMs(5_000)).toBe(0);
    offer(mailbox, 1_000, line(1, LOW));
    offer(mailbox, 3_000, line(2, HUMAN));
    expect(mailbox.oldestWaitMs(5_000)).toBe(4_000);
    expect(mailbox.oldestWaitMs(500)).toBe(0);
  });

  it('hands events out in the order of a model that looks at every one of them', () => {
    const offered = fc.record({
      do: fc.constant('offer' as const),
      lines: fc.array(
        fc.tuple(
          fc.integer({ min: HUMAN, max: IDLE }),
          fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
        ),
        { minLength: 1, maxLength: 12 },
      ),
    });
    const passed = fc.record({
      do: fc.constant('pass' as const),
      ms: fc.integer({ min: 0, max: 3 * ageingMs }),
    });
    const taken = fc.record({ do: fc.constantFrom('take' as const, 'takeHuman' as const), room: fc.nat(10) });
    fc.assert(
      fc.property(fc.array(fc.oneof(offered, passed, taken), { maxLength: 60 }), (steps) => {
        const mailbox = createMailbox({ ageingMs: () => ageingMs });
        const model = createModel();
        let now = 0;
        let position = 0;
        for (const step of steps) {
          if (step.do === 'pass') now += step.ms;
          if (step.do === 'take') expect(mailbox.take(step.room, now)).toEqual(model.take(step.room, now));
          if (step.do === 'takeHuman')
            expect(mailbox.takeHuman(step.room)).toEqual(model.takeHuman(step.room));
          if (step.do === 'offer') {
            const lines = step.lines.map(([priority, key]) => line((position += 11), priority, key));
            offer(mailbox, now, ...lines);
            for (const next of lines) model.offer(next, now);
          }
          expect(mailbox.depth()).toBe(model.depth());
          expect(mailbox.depthByPriority()).toEqual(model.depthByPriority());
        }
        expect(mailbox.take(10_000, now)).toEqual(model.take(10_000, now));
        expect(mailbox.depth()).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a million waiting events in 40 MB', async () => {
    const mailbox = createMailbox();
    const count = 2_000;
    const before = await usedBytes();
    for (let batch = 0; batch < 500; batch += 1) {
      const lines = Array.from({ length: count }, (_, index) =>
        line((batch * count + index) * 60, index % 6),
      );
      mailbox.offer(acceptedBatch(lines), batch);
    }
    const used = (await usedBytes()) - before;
    expect(mailbox.depth()).toBe(1_000_000);
    expect(used).toBeGreaterThan(1e6);
    expect(used).toBeLessThan(40e6);
    const first = mailbox.take(166_500, 1_000);
    expect(first.every(({ priority }) => priority === HUMAN)).toBe(true);
    expect(mailbox.depth()).toBe(833_500);
  });
});

interface Waiting {
  line: AcceptedLine;
  /** When this very line came. */
  arrivedAt: number;
  /** When the first line came whose turn it has. */
  since: number;
}

/** The mailbox's rules over a plain list, in which each event is looked at each time. */
function createModel() {
  let waiting: Waiting[] = [];
  const superseded: Waiting[] = [];
  const effective = ({ line: { priority }, since }: Waiting, now: number): number =>
    priority <= URGENT ? priority : Math.max(URGENT, priority - Math.floor((now - since) / ageingMs));
  const handOut = (entry: Waiting, isSuperseded: boolean): MailItem => ({
    position: entry.line.position,
    length: entry.line.length,
    since: entry.arrivedAt,
    priority: isSuperseded ? IDLE : entry.line.priority,
    superseded: isSuperseded,
  });
  const remove = (entry: Waiting): MailItem => {
    waiting = waiting.filter((other) => other !== entry);
    return handOut(entry, false);
  };
  const best = (now: number): Waiting | undefined => {
    const level = Math.min(...waiting.map((entry) => effective(entry, now)));
    const risen = waiting.filter((entry) => effective(entry, now) === level);
    const firsts = risen.filter(
      (entry, index) =>
        risen.findIndex(({ line: { priority } }) => priority === entry.line.priority) === index,
    );
    return firsts.sort((a, b) => a.since - b.since || a.line.position - b.line.position)[0];
  };
  return {
    offer(next: AcceptedLine, now: number) {
      const same = waiting.find(
        ({ line: { priority, coalesceKey } }) =>
          coalesceKey !== undefined && coalesceKey === next.coalesceKey && priority === next.priority,
      );
      if (same === undefined) {
        waiting.push({ line: next, arrivedAt: now, since: now });
      } else {
        superseded.push({ ...same });
        same.line = next;
        same.arrivedAt = now;
      }
    },
    take(room: number, now: number): MailItem[] {
      const items: MailItem[] = [];
      while (items.length < room) {
        const next = best(now);
        if (next === undefined) break;
        items.push(remove(next));
      }
      return [...items, ...superseded.splice(0, room - items.length).map((entry) => handOut(entry, true))];
    },
    takeHuman(room: number): MailItem[] {
      return waiting
        .filter(({ line: { priority } }) => priority === HUMAN)
        .slice(0, room)
        .map(remove);
    },
    depth: () => waiting.length + superseded.length,
    depthByPriority: () =>
      Object.fromEntries(
        PRIORITIES.map((name, rank) => [
          name,
          waiting.filter(({ line: { priority } }) => priority === rank).length,
        ]),
      ),
  };
}

/** Heap and typed arrays after a collection. Typed arrays are given back by a thread of the engine a little later. */
async function usedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before = Infinity;
  for (let look = 0; look < 50; look += 1) {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const used = heapUsed + arrayBuffers;
    if (Math.abs(used - before) < settledWithinBytes) return used;
    before = used;
    await delay(20);
  }
  throw new Error(`the memory did not settle; ${before} bytes at last`);
}

const settledWithinBytes = 100_000;
