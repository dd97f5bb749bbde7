import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkText } from '../../../src/memory/keep/chunk.ts';

const sentence = (about: string): string =>
  `The ${about} stands in the cellar beside the old washing machine. `;

describe('chunking', () => {
  it('leaves a short text whole', () => {
    expect(chunkText('One line.\n\nAnother line.')).toEqual(['One line.\n\nAnother line.']);
    expect(chunkText('')).toEqual([]);
    expect(chunkText(' \n\n ')).toEqual([]);
  });

  it('begins a chunk at a heading, and says the heading again where a section goes on', () => {
    const text = `# House\n\n## Cellar\n\n${sentence('boiler').repeat(8)}\n\n${sentence('pump').repeat(8)}\n\n## Attic\n\nNothing.`;
    const chunks = chunkText(text, { maxChars: 700, overlapChars: 160 });
    expect(chunks[0]).toMatch(/^# House\n\n## Cellar\n\nThe boiler/);
    expect(chunks[1]).toMatch(/^# House › Cellar\nThe boiler .*\nThe pump/);
    expect(chunks.at(-1)).toBe('## Attic\n\nNothing.');
  });

  it('keeps list items and code whole where they fit', () => {
    const items = Array.from({ length: 12 }, (_, index) => `- item ${index}: ${'word '.repeat(8).trim()}`);
    const code = [
      '```sh',
      ...Array.from({ length: 6 }, (_, index) => `command --number ${index}`),
      '```',
    ].join('\n');
    const chunks = chunkText(`${items.join('\n')}\n\n${code}`, { maxChars: 300, overlapChars: 40 });
    for (const item of items) expect(chunks.some((chunk) => chunk.includes(item))).toBe(true);
    expect(chunks.some((chunk) => chunk.includes(code))).toBe(true);
  });

  it('repeats the last sentence at the beginning of the next chunk', () => {
    const sentences = Array.from(
      { length: 30 },
      (_, index) => `Sentence ${index} says something of its own.`,
    );
    const chunks = chunkText(sentences.join(' '), { maxChars: 400, overlapChars: 100 });
    expect(chunks.length).toBeGreaterThan(2);
    for (const [index, chunk] of chunks.slice(1).entries()) {
      const first = /Sentence \d+ says something of its own\./.exec(chunk)?.[0] ?? '?';
      expect(chunks[index]).toContain(first);
    }
  });

  it('loses nothing, cuts no character, and exceeds no bound, whatever the text is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        '\n\n',
        '# Title\n',
        '```\n',
        '- item ',
        '1. ',
        '. ',
        '! ',
        '。',
        ' ',
        '🙂',
        '𝔘',
        '\u2028',
        '\r\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('word', 'x'.repeat(90), '😀'.repeat(50)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const chunks = chunkText(text, { maxChars: 120, overlapChars: 30 });
        const all = chunks.join('\n');
        for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(120);
        expect(/\p{Surrogate}/u.test(all)).toBe(/\p{Surrogate}/u.test(text));
        // What is said twice only adds: what is left in order is the text.
        let at = 0;
        const wanted = Array.from(text.replace(/\s/g, ''));
        for (const char of all) if (char === wanted[at]) at += 1;
        expect(wanted.slice(at)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('takes five million characters', () => {
    const chunks = chunkText(sentence('meter').repeat(80_000));
    expect(chunks.length).toBeGreaterThan(3_000);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1_400);
    expect(chunkText('x'.repeat(5_000_000)).length).toBeGreaterThan(3_000);
  }, 30_000);
});
