import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../src/discord/send-part.ts';
import { maxMessageChars, rendered, splitText } from '../../src/discord/split.ts';

const joined = (text: string, limit = maxMessageChars) =>
  splitText(text, limit)
    .map(({ body }) => body)
    .join('');

/** Texts as agents write them: prose, fences with long info strings, tables, and signs of two units. */
const line = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.constantFrom('```', '```ts', '````', '``', '~~~', `\`\`\`${'x'.repeat(300)}`, '```js `a`', '', '   '),
  fc.constantFrom('| a | b |', '| --- | --- |', '| 🦔🦔🦔 | cell |', `| ${'wide '.repeat(120)}|`),
  fc.string({ unit: fc.constantFrom('🦔', 'a', ' '), minLength: 500, maxLength: 5_000 }),
);
const text = fc.array(line, { maxLength: 60 }).map((lines) => lines.join('\n'));

describe('splitting', () => {
  it('keeps every part within the limit, and the bodies of all parts are the text', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(100, 500, maxMessageChars), (whole, limit) => {
        const parts = splitText(whole, limit);
        expect(parts.map(({ body }) => body).join('')).toBe(whole);
        for (const part of parts) expect(rendered(part).length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 400 },
    );
  });

  it('cuts no surrogate pair', () => {
    fc.assert(
      fc.property(text, (whole) => {
        for (const { body } of splitText(whole)) {
          expect(body).not.toMatch(/^[\uDC00-\uDFFF]/);
          expect(body).not.toMatch(/[\uD800-\uDBFF]$/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leaves no fence open: each part closes what it has opened', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z ]{0,200}$/), { minLength: 1, maxLength: 80 }),
        (lines) => {
          const whole = `before\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\nafter`;
          for (const part of splitText(whole)) {
            const fences = rendered(part).match(/^```/gm) ?? [];
            expect(fences.length % 2).toBe(0);
          }
        },
      ),
    );
  });

  it('keeps a code block whole where it fits into one message', () => {
    const block = `\`\`\`js\n${'let a = 1;\n'.repeat(100)}\`\`\`\n`;
    const parts = splitText(`${'word '.repeat(300)}\n${block}`);
    expect(parts.map(rendered)).toEqual([`${'word '.repeat(300)}\n`, block]);
  });

  it('opens a cut fence anew with its info string, of which 32 characters are kept', () => {
    const info = 'y'.repeat(100);
    const [, second] = splitText(`\`\`\`${info}\n${'code\n'.repeat(600)}\`\`\``);
    expect(second?.head).toBe(`\`\`\`${'y'.repeat(32)}\n`);
  });

  it('repeats the header of a table that is longer than a message, and cuts it between rows', () => {
    const header = '| host | load |\n| --- | --- |\n';
    const row = (index: number) => `| web-${index} | ${'9'.repeat(40)} |\n`;
    const whole = header + Array.from({ length: 80 }, (_, index) => row(index)).join('');
    const parts = splitText(whole);
    expect(parts.length).toBeGreaterThan(1);
    for (const { head, body } of parts.slice(1)) {
      expect(head).toBe(header);
      expect(body).toMatch(/^\| web-/);
    }
    expect(joined(whole)).toBe(whole);
  });
});

describe('the messages of a reply', () => {
  it('are at most five; a longer one is a summary with the whole text as a file', () => {
    expect(partsOf('word '.repeat(1_900)).length).toBe(5);
    const long = `# Report\n\n${'a sentence that goes on. '.repeat(2_000)}`;
    const parts = partsOf(long);
    expect(parts).toHaveLength(1);
    expect(parts[0]?.file).toEqual({ name: 'reply.md', text: long });
    expect(parts[0]?.content).toMatch(/^# Report\n[^]*the whole reply is attached: 50,010 characters\)$/);
    expect(parts[0]?.content.length).toBeLessThanOrEqual(maxMessageChars);
  });

  it('are never blank, since Discord takes no blank one', () => {
    expect(partsOf(`a${' '.repeat(5_000)}`).every(({ content }) => content.trim() !== '')).toBe(true);
    expect(partsOf(' \n ')).toEqual([{ content: '(an empty reply)' }]);
  });
});
