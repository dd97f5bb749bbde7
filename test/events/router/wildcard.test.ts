import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard } from '../../../src/events/router/wildcard.ts';

/** What the pattern means, said by a regular expression with everything else escaped. */
function reference(pattern: string): RegExp {
  const source = Array.from({ length: pattern.length }, (_, index) => pattern.charAt(index))
    .map((char) => {
      if (char === '*') return '[^]*';
      if (char === '?') return '[^]';
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

/** A string that counts how often one of its characters is read. */
function counted(text: string): { text: string; reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(
    {},
    {
      get(_, key) {
        if (key === 'length') return text.length;
        reads += 1;
        return text[Number(key)];
      },
    },
  );
  return { text: proxy as unknown as string, reads: () => reads };
}

describe('matchesWildcard', () => {
  it.each([
    ['disk', 'disk', true],
    ['disk', 'disk full', false],
    ['disk', 'a disk', false],
    ['disk*', 'disk', true],
    ['*full*', 'disk is full now', true],
    ['cron:*', 'cron:disk', true],
    ['cron:*', 'xcron:disk', false],
    ['d?sk', 'dusk', true],
    ['d?sk', 'dsk', false],
    ['*', '', true],
    ['?', '', false],
    ['***', 'x', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-c-b', false],
    ['Disk', 'disk', false],
    ['*', 'two\nlines', true],
    ['.*', 'abc', false],
  ])('pattern %j on text %j: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('agrees with a regular expression of the same meaning', () => {
    const letters = fc.constantFrom('a', 'b', 'a', 'b', '.', '^', '$', '(', '\\', '\n', '忍', '\u{1F977}');
    const text = fc.string({ unit: letters, maxLength: 12 });
    const pattern = fc.string({ unit: fc.oneof(letters, fc.constantFrom('*', '?')), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (asPattern, asText) => {
        expect(matchesWildcard(asPattern, asText)).toBe(reference(asPattern).test(asText));
      }),
      { numRuns: 3_000 },
    );
  });

  it('agrees with it on texts made to fit', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), part, (parts, filling) => {
        expect(matchesWildcard(parts.join('*'), parts.join(filling))).toBe(true);
        const oneMore = `${parts.join('*')}c`;
        expect(matchesWildcard(oneMore, parts.join(filling))).toBe(false);
      }),
    );
  });

  it.each([
    ['a star before every letter', '*a'.repeat(127) + '*b', 'a'.repeat(4096)],
    ['one late mismatch', `*${'a'.repeat(254)}b`, 'a'.repeat(4096)],
    ['question marks', `*${'?'.repeat(254)}b`, 'a'.repeat(4096)],
  ])('needs at most pattern × text steps in the worst case: %s', (_, pattern, text) => {
    const watched = counted(pattern);
    expect(matchesWildcard(watched.text, text)).toBe(false);
    expect(watched.reads()).toBeLessThanOrEqual(pattern.length * text.length);
  });
});
