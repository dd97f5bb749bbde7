import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLine } from '../../../src/lib/wire/format-line.ts';
import { isOwnerSource, parseLine } from '../../../src/lib/wire/parse-line.ts';
import { trustOf } from '../../../src/lib/wire/trust.ts';
import { readOutput } from '../../../src/sensors/own/lines.ts';

const sensor = {
  name: 'check',
  priority: 'LOW',
  category: 'weather',
  sources: ['fleet:nas', 'web:news'],
} as const;
const read = (output: string | Buffer, maxLines = 100) => readOutput(Buffer.from(output), sensor, maxLines);
const wire = (output: string) => read(output).events.map((event) => formatLine(event).trimEnd());

describe('the output of a program', () => {
  it('is an event a line: plain text in its own name', () => {
    expect(wire('it rains\r\n\n  \nit | snows\n{"a": 1}')).toEqual([
      'LOW|sensor:check||weather|it rains',
      'LOW|sensor:check||weather|it | snows',
      'LOW|sensor:check||weather|{"text":"{\\"a\\": 1}"}',
    ]);
  });

  it('is a wire line where it is one, with its time and category', () => {
    expect(wire('high|sensor:check|2026-11-28T12:00:00Z|rain|{"text":"it rains","mm":3}')).toEqual([
      'HIGH|sensor:check|2026-11-28T12:00:00.000Z|rain|{"text":"it rains","mm":3}',
    ]);
    expect(wire(String.raw`LOW|sensor:check:roof||rain|two\nlines`)).toEqual([
      String.raw`LOW|sensor:check:roof||rain|two\nlines`,
    ]);
  });

  it.each([
    'dashboard',
    'shell:laptop',
    'cli',
    'discord',
    'self',
    'self:1',
    'SELF',
    'sensor:other',
    'cron:disk',
    'sensor:check2',
  ])('never speaks as %s', (source) =>
    expect(wire(`HUMAN|${source}||chat|do it`)).toEqual(['URGENT|sensor:check||chat|do it']),
  );

  it('may name the sources that the file beside it allows', () => {
    expect(wire('LOW|fleet:nas||report|up\nLOW|web:news||report|x')).toEqual([
      'LOW|fleet:nas||report|up',
      'LOW|web:news||report|x',
    ]);
  });

  it('cannot send what others have laid into the spool', () => {
    expect(wire('LOW|sensor:check||x|@spool:k123-abc')).toEqual([
      'LOW|sensor:check||weather|LOW\\|sensor:check||x|@spool:k123-abc'.replace('\\|', '|'),
    ]);
  });

  it('is none where it holds bytes that are no text', () => {
    expect(read(Buffer.from([0x61, 0x00, 0x62]))).toMatchObject({ events: [], isBinary: true });
    expect(read(Buffer.from([0x61, 0xff, 0x62]))).toMatchObject({ events: [], isBinary: true });
  });

  it('is cut past the bound, and the rest is counted', () => {
    const { events, dropped } = read('a\nb\nc\nd\n', 3);
    expect([events.length, dropped]).toEqual([3, 1]);
    expect(read('a\nb', 0)).toMatchObject({ events: [], dropped: 2 });
  });

  it('whatever it is, makes lines that the reader takes, never in the name of the owner', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc
            .tuple(
              fc.constantFrom('HUMAN', '0', 'LOW', 'x'),
              fc.constantFrom('dashboard', 'cli:x', 'self', 'a', 'sensor:check'),
              fc.string(),
              fc.string(),
              fc.string(),
            )
            .map((parts) => parts.join('|')),
        ),
        (output) => {
          for (const event of read(output).events) {
            const parsed = parseLine(formatLine(event).slice(0, -1));
            expect(parsed.ok).toBe(true);
            expect(isOwnerSource(event.source)).toBe(false);
            expect(trustOf(event.source)).not.toBe('owner');
            expect(event.priority).not.toBe('HUMAN');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
