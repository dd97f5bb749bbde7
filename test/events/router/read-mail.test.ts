import { describe, expect, it } from 'vitest';
import { readMail } from '../../../src/events/router/read-mail.ts';
import { journalRig } from '../../helpers/journal-rig.ts';

const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `LOW|a||metric|${index} ${'x'.repeat(index % 150)}`);
const payloadOf = (line: string): string => line.slice('LOW|a||metric|'.length);
const read = (...args: Parameters<typeof readMail>): string[] =>
  readMail(...args).map((line) => (line.ok ? line.event.payload : line.reason));

describe('readMail', () => {
  it('reads lines back in the order asked for, whatever that is', () => {
    const rig = journalRig();
    const written = lines(500);
    const items = rig.accept(written);
    expect(items).toHaveLength(500);
    expect(read(rig.journal, items)).toEqual(written.map(payloadOf));
    expect(read(rig.journal, items.toReversed())).toEqual(written.toReversed().map(payloadOf));
    const shuffled = items.map((_, index) => items[(index * 7) % 500] as (typeof items)[number]);
    expect(read(rig.journal, shuffled)).toEqual(
      written.map((_, index) => payloadOf(written[(index * 7) % 500] ?? '')),
    );
    expect(readMail(rig.journal, [])).toEqual([]);
  });

  it('reads neighbours together: thousands of lines cost a few reads', () => {
    const rig = journalRig();
    const written = lines(4_000);
    const items = rig.accept(written);
    const reads: number[] = [];
    const counting: typeof rig.journal = {
      ...rig.journal,
      readInto(target, offset, position, length) {
        reads.push(length);
        rig.journal.readInto(target, offset, position, length);
      },
    };
    expect(read(counting, items)).toEqual(written.map(payloadOf));
    expect(reads).toHaveLength(Math.ceil(rig.journal.endPosition() / (256 * 1024)));
    expect(Math.max(...reads)).toBeLessThanOrEqual(256 * 1024);
    reads.length = 0;
    read(counting, [...items.slice(0, 1_000), ...items.slice(1_001, 2_000)]);
    expect(reads).toHaveLength(2);
  });

  it('reads across segments, and a line longer than one reading stretch', () => {
    const rig = journalRig(undefined, { segmentBytes: 10_000 });
    const large = `LOW|a||metric|${'y'.repeat(700_000)}`;
    const written = [...lines(300), large, ...lines(300)];
    const items = rig.accept(written);
    const starts = rig.journal.stretches().map(({ start }) => start);
    expect(starts.length).toBeGreaterThan(2);
    expect(new Set(starts).size).toBe(starts.length);
    expect(read(rig.journal, items)).toEqual(written.map(payloadOf));
  });

  it('reads lines that end in a carriage return, and lines with rejected ones between them', () => {
    const rig = journalRig();
    const items = rig.accept([
      'LOW|a||metric|one\r',
      'nonsense',
      'LOW|a||metric|two',
      '',
      'LOW|a||metric|three',
    ]);
    expect(read(rig.journal, items)).toEqual(['one', 'two', 'three']);
    expect(rig.rejected.map(({ reason }) => reason)).toEqual(['fields-missing']);
  });
});
