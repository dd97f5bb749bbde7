import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberArray, realArray, textArray } from '../../../src/lib/store/array-literal.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase();

async function back(type: string, literal: string | Buffer): Promise<unknown> {
  const { rows } = await store.query<{ value: unknown }>({
    text: `SELECT $1::${type} AS value`,
    values: [literal],
  });
  return rows[0]?.value;
}

describe('array literals', () => {
  it('come back from Postgres as they were, whatever the texts hold', async () => {
    const awkward = [
      '',
      ' ',
      'NULL',
      'null',
      '"',
      '\\',
      '\\"',
      '{}',
      '{"a",b}',
      ',',
      '\n\r\t',
      "'",
      '🥷 é',
      '$&',
    ];
    expect(await back('text[]', textArray(awkward))).toEqual(awkward);
    // Postgres stores no NUL; the wire lets none in.
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (texts) => {
        expect(await back('text[]', textArray(texts))).toEqual(texts);
      }),
      { numRuns: 200 },
    );
  });

  it('hold NULL for what is undefined', async () => {
    const texts = [undefined, 'undefined', undefined];
    expect(await back('text[]', textArray(texts))).toEqual([null, 'undefined', null]);
  });

  it('may be empty', async () => {
    expect(await back('text[]', textArray([]))).toEqual([]);
    expect(await back('bigint[]', numberArray([]))).toEqual([]);
  });

  it('keep numbers exactly, to the largest id and the smallest fraction', async () => {
    const ids = [0, 1, -1, Number.MAX_SAFE_INTEGER, 8190 * 2 ** 40];
    expect(await back('bigint[]::text[]', numberArray(ids))).toEqual(ids.map(String));
    const times = [0.1, 1763847000123.456, 1e21, 5e-324];
    expect(await back('float8[]', numberArray(times))).toEqual(times);
  });

  it('keep the floats of vectors, to the last bit and in their order', async () => {
    const vectors = [Float32Array.of(0.1, -1, 3.4e38), Float32Array.of(1e-38, 0, 0.25)];
    const found = (await back('real[]', realArray(vectors))) as number[];
    expect(found.map(Math.fround)).toEqual(vectors.flatMap((vector) => [...vector]));
    expect(await back('real[]', realArray([]))).toEqual([]);
  });
});
