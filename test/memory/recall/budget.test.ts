import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens, fitBudget } from '../../../src/memory/recall/budget.ts';

describe('the token estimate', () => {
  it.each([
    ['', 0],
    ['abcd', 1],
    ['abcde', 2],
    ['x'.repeat(400), 100],
    ['東京都', 3],
    ['ab東京', 3],
  ])('of %j is %d', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });
});

describe('the budget', () => {
  it('keeps what fits, cuts what begins to fit, and leaves out the rest', () => {
    const fitted = fitBudget(['a'.repeat(200), 'b'.repeat(400), 'c'.repeat(400)], {
      limit: 9,
      budgetTokens: 100,
    });
    expect(fitted.map(({ verdict }) => verdict)).toEqual(['whole', 'cut', 'over budget']);
    expect(fitted[1]?.content).toBe(`${'b'.repeat(199)}…`);
  });

  it('leaves out a long text where only a useless remainder is left, and still takes a short one', () => {
    const fitted = fitBudget(['a'.repeat(360), 'b'.repeat(400), 'short'], { limit: 9, budgetTokens: 100 });
    expect(fitted.map(({ verdict }) => verdict)).toEqual(['whole', 'over budget', 'whole']);
  });

  it('keeps to the limit', () => {
    expect(fitBudget(['a', 'b', 'c'], { limit: 2, budgetTokens: 100 }).map(({ verdict }) => verdict)).toEqual(
      ['whole', 'whole', 'over limit'],
    );
  });

  it('never goes over the budget and never cuts a character in two, whatever the texts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 6 }),
        fc.integer({ min: 0, max: 200 }),
        (texts, budgetTokens) => {
          const contents = fitBudget(texts, { limit: 5, budgetTokens }).map(({ content }) => content);
          expect(contents.reduce((sum, text) => sum + estimateTokens(text), 0)).toBeLessThanOrEqual(
            budgetTokens,
          );
          for (const text of contents) expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
        },
      ),
    );
  });
});
