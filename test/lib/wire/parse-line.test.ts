import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLine } from '../../../src/lib/wire/format-line.ts';
import { parseLine } from '../../../src/lib/wire/parse-line.ts';
import { PRIORITIES } from '../../../src/lib/wire/priority.ts';
import { maxLineBytes, type RejectionReason } from '../../../src/lib/wire/scan-line.ts';

const eventOf = (line: string | Buffer) => {
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(`rejected: ${parsed.reason}`);
  return parsed.event;
};

describe('parseLine', () => {
  it('reads the five fields, of which the payload may hold pipes', () => {
    expect(eventOf('LOW|cron:disk|2026-11-22T10:00:00Z|metric|disk|91|%')).toEqual({
      priority: 4,
      lowered: false,
      source: 'cron:disk',
      occurredAt: Date.UTC(2026, 10, 22, 10),
      category: 'metric',
      payload: 'disk|91|%',
      text: 'disk|91|%',
      conversation: undefined,
      replyTo: undefined,
      dedupKey: undefined,
      spool: undefined,
    });
  });

  it('reads priorities in any case and as numbers', () => {
    PRIORITIES.forEach((name, rank) => {
      const mixed = name.charAt(0).toLowerCase() + name.slice(1);
      for (const word of [name, name.toLowerCase(), mixed, String(rank)]) {
        expect(eventOf(`${word}|cli||note|x`).priority).toBe(rank);
      }
    });
  });

  it.each([
    ['', undefined],
    ['2026-11-22T10:00:00.25+01:00', Date.UTC(2026, 10, 22, 9, 0, 0, 250)],
    ['2026-11-22 10:00:00z', Date.UTC(2026, 10, 22, 10)],
    ['1795341600', 1_795_341_600_000],
    ['1795341600123', 1_795_341_600_123],
    ['0', 0],
  ])('reads the timestamp %j', (field, expected) => {
    expect(eventOf(`LOW|a|${field}|b|c`).occurredAt).toBe(expected);
  });

  it('takes the reserved keys of a JSON payload and leaves its own escapes alone', () => {
    const payload = '{"text":"two\\nlines","conversation":"c1","replyTo":"r1","dedupKey":"d1","extra":1}';
    expect(eventOf(`HUMAN|cli||chat|${payload}`)).toMatchObject({
      payload,
      text: 'two\nlines',
      conversation: 'c1',
      replyTo: 'r1',
      dedupKey: 'd1',
    });
  });

  it('undoes the escapes of a text and leaves other backslashes', () => {
    expect(eventOf(String.raw`LOW|a||b|one\ntwo\rthree\\n C:\dir`).payload).toBe(
      'one\ntwo\rthree\\n C:\\dir',
    );
  });

  it('reads a payload that only looks like JSON as text', () => {
    for (const text of ['{not json', '{"a":', '[1,2]', '"text"'])
      expect(eventOf(`LOW|a||b|${text}`).text).toBe(text);
  });

  it('drops a carriage return before the newline and replaces NUL, which Postgres cannot store', () => {
    expect(eventOf('LOW|a||b|windows\r').payload).toBe('windows');
    expect(eventOf('LOW|a||b|nu\0l').payload).toBe('nu\uFFFDl');
    expect(eventOf(String.raw`LOW|a||b|{"text":"nu\u0000l"}`).text).toBe('nu\uFFFDl');
  });

  it('names the spool file that stands for the payload', () => {
    expect(eventOf('LOW|a||b|@spool:abc-1.txt').spool).toBe('abc-1.txt');
    expect(eventOf('LOW|a||b|see @spool:abc').spool).toBeUndefined();
  });

  it.each<[string | Buffer, RejectionReason]>([
    ['', 'fields-missing'],
    ['hello', 'fields-missing'],
    ['LOW|a||b', 'fields-missing'],
    ['|||', 'fields-missing'],
    ['SOON|a||b|c', 'unknown-priority'],
    ['6|a||b|c', 'unknown-priority'],
    ['-1|a||b|c', 'unknown-priority'],
    ['|a||b|c', 'unknown-priority'],
    ['LOWER|a||b|c', 'unknown-priority'],
    ['LOW|||b|c', 'bad-source'],
    ['LOW|-a||b|c', 'bad-source'],
    ['LOW|a b||b|c', 'bad-source'],
    [`LOW|${'a'.repeat(65)}||b|c`, 'bad-source'],
    ['LOW|ä||b|c', 'bad-source'],
    ['LOW|a|yesterday|b|c', 'bad-timestamp'],
    ['LOW|a|2026-13-01T00:00:00Z|b|c', 'bad-timestamp'],
    ['LOW|a|-5|b|c', 'bad-timestamp'],
    ['LOW|a|99999999999999999|b|c', 'bad-timestamp'],
    ['LOW|a|||c', 'bad-category'],
    ['LOW|a||b/c|d', 'bad-category'],
    ['LOW|a||b|@spool:../etc/passwd', 'bad-spool-name'],
    ['LOW|a||b|@spool:', 'bad-spool-name'],
    ['LOW|a||b|@spool:.hidden', 'bad-spool-name'],
    ['LOW|a||b|@spool:a/b', 'bad-spool-name'],
    [Buffer.concat([Buffer.from('LOW|a||b|'), Buffer.from([0xc3, 0x28])]), 'bad-utf8'],
    [`LOW|a||b|${'x'.repeat(maxLineBytes)}`, 'too-long'],
  ])('refuses %j as %s', (line, reason) => {
    expect(parseLine(line)).toEqual({ ok: false, reason });
  });

  it('takes a line of exactly the longest length', () => {
    const header = 'LOW|a||b|';
    const line = header + 'x'.repeat(maxLineBytes - header.length);
    expect(eventOf(line).payload).toHaveLength(maxLineBytes - header.length);
  });

  it('lowers HUMAN to URGENT unless the owner speaks through the source', () => {
    for (const source of ['dashboard', 'discord', 'cli', 'shell', 'shell:laptop']) {
      expect(eventOf(`HUMAN|${source}||chat|x`)).toMatchObject({ priority: 0, lowered: false });
    }
    for (const source of ['email', 'cron:disk', 'self', 'clis', 'shellfish:1']) {
      expect(eventOf(`HUMAN|${source}||chat|x`)).toMatchObject({ priority: 1, lowered: true });
    }
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const parsed = parseLine(Buffer.from(bytes));
        expect(typeof parsed.ok).toBe('boolean');
      }),
    );
  });
});

describe('formatLine', () => {
  it('writes lines that parse back to what went in', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/);
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(
        name,
        name,
        text,
        fc.integer({ min: 0, max: 4e12 }),
        (source, category, payload, timestamp) => {
          const line = formatLine({ priority: 'NORMAL', source, category, payload, timestamp });
          expect(line.indexOf('\n')).toBe(line.length - 1);
          const event = eventOf(line.slice(0, -1));
          expect(event).toMatchObject({
            priority: 3,
            source,
            category,
            text: payload,
            occurredAt: timestamp,
            spool: undefined,
          });
        },
      ),
    );
  });

  it('keeps texts as texts that look like a spool reference or an object', () => {
    for (const payload of ['@spool:secret', '{"conversation":"hijack"}', 'ends in \\', '\\n']) {
      const line = formatLine({ priority: 'LOW', source: 'a', category: 'b', payload });
      expect(eventOf(line.trimEnd())).toMatchObject({
        text: payload,
        conversation: undefined,
        spool: undefined,
      });
    }
  });
});
