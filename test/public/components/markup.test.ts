import { Marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markupOf } from '../../../public/js/components/markup.js';

const marked = new Marked({ gfm: true, breaks: true });
const toHtml = (text: string): string => marked.parse(text, { async: false });
const filled = (part: string, chars: number): string =>
  part.repeat(Math.ceil(chars / part.length)).slice(0, chars);

describe('an odd or long text', () => {
  it.each([
    '>',
    '> ',
    '1. ',
    '- ',
    '_a',
    '_*a',
    '*_a',
    '**a',
    '*a',
    'a_b_',
    '~*_a',
    '_*',
    '***a',
    '[',
    '![',
    '`a',
    '<',
    '|a|\n|-|\n',
    '_*a\n',
  ])('never throws and never holds the page, of whatever length: %j', (part) => {
    for (const chars of [3_000, 5_000, 20_000, 50_000, 120_000]) {
      const started = performance.now();
      markupOf(filled(part, chars), toHtml);
      expect(performance.now() - started, `${chars} characters`).toBeLessThan(1_500);
    }
  });

  it.each(['`', '~', ' ', '\t', ' \t', '\u00a0'])('nor does a long run of %j after a word', (part) => {
    for (const chars of [5_000, 49_000]) {
      const started = performance.now();
      markupOf(`a${filled(part, chars)}b`, toHtml);
      markupOf(filled(part, chars), toHtml);
      expect(performance.now() - started, `${chars} characters`).toBeLessThan(1_500);
    }
  });

  it('stands as it is where it is too long, too deep, or cannot be turned', () => {
    expect(markupOf('>'.repeat(5_000), toHtml)).toBeNull();
    expect(markupOf('word '.repeat(10_001), toHtml)).toBeNull();
    expect(
      markupOf('anything', () => {
        throw new RangeError('Maximum call stack size exceeded');
      }),
    ).toBeNull();
  });
});

describe('an ordinary text', () => {
  it.each([
    ['prose', '**Yes**, the _backup_ ran.\n\n'.repeat(500)],
    [
      'code with many underscores',
      `\`\`\`py\n${'some_long_name = other_name * 2\n'.repeat(1_200)}\`\`\`\nDone.`,
    ],
    ['code that has not ended yet', `Look:\n\`\`\`\n${'a_b_c * d_e\n'.repeat(1_500)}`],
    ['a long list', '- **nas**: _up_\n'.repeat(1_500)],
    ['a mail thread', '>>>>> old\n>>>> older\n> new\n'],
  ])('is turned: %s', (_, text) => {
    expect(markupOf(text, toHtml)).toBe(toHtml(text));
  });
});
