import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { memoryText, wholeMemoryText } from '../../src/cli/memory-text.ts';
import { count } from '../../src/cli/units.ts';

const memory = {
  total: 5_000,
  prepared: 5_000,
  model: 'built-in/use-lite-en@1',
  degraded: null,
  embedded: 5_000,
  missing: 0,
  preparesASecond: null,
  encoders: [{ model: 'built-in/use-lite-en@1', embedded: 5_000, missing: 0, aSecond: 300 }],
};

describe('the memories in a status', () => {
  it('are a number where nothing is to be done', () => {
    expect(memoryText(memory)).toBe(`${count(5_000)} memories`);
    expect(memoryText({ ...memory, total: 1, prepared: 1 })).toBe('1 memory');
  });

  it('say how many wait to be prepared, and how long that will take where it is known', () => {
    const waiting = { ...memory, total: 6_200 };
    expect(memoryText(waiting)).toBe(`${count(6_200)} memories, ${count(1_200)} to prepare`);
    expect(memoryText({ ...waiting, preparesASecond: 100 })).toBe(
      `${count(6_200)} memories, ${count(1_200)} to prepare (about 12 s left)`,
    );
  });

  it('say how far another encoder is, and how long it will take', () => {
    const encoders = [
      ...memory.encoders,
      { model: 'Xenova/bge-small-en-v1.5@abc', embedded: 1_200, missing: 3_800, aSecond: 20 },
    ];
    expect(memoryText({ ...memory, total: 5_100, encoders })).toBe(
      `${count(5_100)} memories, 100 to prepare, bge-small-en-v1.5 knows ${count(1_200)} of ${count(5_000)} (24 %, about 3 m 10 s left)`,
    );
    expect(memoryText({ ...memory, encoders: encoders.map((one) => ({ ...one, aSecond: null })) })).toBe(
      `${count(5_000)} memories, bge-small-en-v1.5 knows ${count(1_200)} of ${count(5_000)} (24 %)`,
    );
  });

  it('say why they are found by words alone', () => {
    expect(stripVTControlCharacters(wholeMemoryText({ ...memory, degraded: 'no encoder\nis here' }))).toMatch(
      /^5.000 memories, degraded: no encoder.{1,2}is here$/u,
    );
  });
});
