import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { parseStreamLine } from '../../../src/tasks/agents/claude/parse-line.ts';
import { createLineReader, type StreamBounds } from '../../../src/tasks/run/stream-reader.ts';

const text = (words: string) =>
  JSON.stringify({
    type: 'stream_event',
    event: { type: 'content_block_delta', delta: { type: 'text_delta', text: words } },
  });

function readAll(chunks: readonly Buffer[], bounds?: StreamBounds): StreamEvent[] {
  const reader = createLineReader(parseStreamLine, bounds);
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
}

describe('stream reader', () => {
  it('reads the same events however the bytes are cut, multi-byte characters included', () => {
    const words = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 });
    fc.assert(
      fc.property(words, fc.array(fc.nat(400), { maxLength: 12 }), (texts, cuts) => {
        const bytes = Buffer.from(texts.map((words) => `${text(words)}\n`).join(''));
        const places = [
          0,
          ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(readAll(chunks)).toEqual(texts.map((words) => ({ kind: 'text', text: words })));
      }),
    );
  });

  it('reads a last line that has no newline', () => {
    expect(readAll([Buffer.from(text('end'))])).toEqual([{ kind: 'text', text: 'end' }]);
  });

  it('skips noise, arrays, broken JSON and objects without a type, and reads on', () => {
    const noise = [
      '\u0000\u0001',
      'warning: hello',
      '[1,2]',
      '{"broken":',
      '{"no":"type"}',
      '',
      '  {"type":"x"}',
    ];
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(`${noise.join('\n')}\n${text('ok')}\n`),
    ]);
    expect(readAll([bytes])).toEqual([{ kind: 'text', text: 'ok' }]);
  });

  it('skips a line over the bound whole and reads the next one', () => {
    const long = text('x'.repeat(200));
    const chunks = [long.slice(0, 90), long.slice(90, 150), `${long.slice(150)}\n${text('next')}\n`];
    expect(
      readAll(
        chunks.map((chunk) => Buffer.from(chunk)),
        { maxLineChars: 150 },
      ),
    ).toEqual([{ kind: 'text', text: 'next' }]);
  });

  it('reads nothing any more once the output has passed its bound', () => {
    const reader = createLineReader(parseStreamLine, { maxBytes: 100 });
    expect(reader.push(Buffer.from('x'.repeat(100)))).toEqual([]);
    expect(reader.overflowed).toBe(false);
    expect(reader.push(Buffer.from(`\n${text('late')}\n`))).toEqual([]);
    expect(reader.overflowed).toBe(true);
    expect(reader.end()).toEqual([]);
  });

  it('reads nothing any more once there were too many lines, however short', () => {
    const reader = createLineReader(parseStreamLine, { maxLines: 3 });
    expect(reader.push(Buffer.from(`\n\n${text('third')}\n`))).toEqual([{ kind: 'text', text: 'third' }]);
    expect(reader.overflowed).toBe(false);
    expect(reader.push(Buffer.from(`\n${text('fifth')}\n`))).toEqual([]);
    expect(reader.overflowed).toBe(true);
    expect(reader.end()).toEqual([]);
  });

  it('gets over 30 MiB of one endless line', () => {
    const reader = createLineReader(parseStreamLine);
    const chunk = Buffer.alloc(64 * 1024, '{');
    for (let piece = 0; piece < 480; piece++) expect(reader.push(chunk)).toEqual([]);
    expect(reader.push(Buffer.from(`\n${text('next')}\n`))).toEqual([{ kind: 'text', text: 'next' }]);
  });
});
