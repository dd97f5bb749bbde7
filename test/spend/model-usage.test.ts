import { describe, expect, it } from 'vitest';
import { addedUsage, readModelUsage, sinceMark, summedUsage, withRest } from '../../src/spend/model-usage.ts';

const figures = (scale: number) => ({
  inputTokens: 10 * scale,
  outputTokens: 2 * scale,
  cacheReadTokens: 100 * scale,
  cacheWriteTokens: 5 * scale,
  costUsd: 0.25 * scale,
});

describe('model usage', () => {
  it('counts a model whose name every object inherits like any other', () => {
    for (const model of ['constructor', 'toString', '__proto__']) {
      const told = JSON.parse(`{"${model}":{"inputTokens":3,"costUSD":1}}`) as unknown;
      const usage = addedUsage(readModelUsage(told), {});
      expect(Object.entries(usage)).toMatchObject([[model, { inputTokens: 3, costUsd: 1 }]]);
      expect(Object.entries(summedUsage([usage, usage]))).toMatchObject([
        [model, { inputTokens: 6, costUsd: 2 }],
      ]);
    }
  });

  it('is read from what the CLI prints, and from what was stored of it', () => {
    const printed = {
      'claude-a': {
        inputTokens: 10,
        outputTokens: 2,
        cacheReadInputTokens: 100,
        cacheCreationInputTokens: 5,
        webSearchRequests: 0,
        costUSD: 0.25,
        contextWindow: 200_000,
      },
    };
    expect(readModelUsage(printed)).toEqual({ 'claude-a': figures(1) });
    expect(readModelUsage(readModelUsage(printed))).toEqual({ 'claude-a': figures(1) });
  });

  it.each([
    [null],
    [undefined],
    ['text'],
    [[1, 2]],
    [{ input_tokens: 3, output_tokens: 4 }],
    [{ 'claude-a': null, 'claude-b': { inputTokens: 'many' } }],
  ])('is empty for %j', (value) => {
    expect(readModelUsage(value)).toEqual({});
  });

  it('counts what is no amount as nothing', () => {
    const broken = {
      inputTokens: -3,
      outputTokens: Number.NaN,
      cacheReadInputTokens: '9',
      costUSD: Infinity,
    };
    expect(readModelUsage({ m: broken })).toEqual({ m: figures(0) });
  });

  it('adds only what came since the mark, model by model', () => {
    expect(addedUsage({ a: figures(3), b: figures(1) }, { a: figures(1) })).toEqual({
      a: figures(2),
      b: figures(1),
    });
  });

  it('takes a figure that shrank for one that began anew', () => {
    expect(sinceMark(0.1, 1)).toBe(0.1);
    expect(addedUsage({ a: figures(1) }, { a: figures(3) })).toEqual({ a: figures(1) });
  });

  it('books what no model accounts for under an unknown one, and nothing for models that did nothing', () => {
    expect(withRest({ a: figures(1), b: figures(0) }, 1)).toEqual({
      a: figures(1),
      unknown: { ...figures(0), costUsd: 0.75 },
    });
    expect(withRest({ a: figures(1) }, 0.250_000_4)).toEqual({ a: figures(1) });
    expect(withRest({}, 0)).toEqual({});
  });
});
