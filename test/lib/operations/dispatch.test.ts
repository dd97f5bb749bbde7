import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDispatch } from '../../../src/lib/operations/dispatch.ts';
import { operation } from '../../../src/lib/operations/operation.ts';

let handled = 0;
const table = {
  'note.put': operation('POST /notes', z.looseObject({}), () => (handled += 1)),
};
const dispatch = createDispatch(table, {}, (thrown) => {
  throw thrown;
});
const put = async (input: unknown) => (await dispatch('note.put', input, { by: 'api' })).answer;

describe('an input of the API', () => {
  it.each<[string, unknown, string]>([
    ['a NUL in a text', { text: 'a\0b' }, 'text: it holds a NUL character at position 1'],
    ['the first half of a pair', { text: 'x\ud83d' }, 'text: it holds half of a character'],
    ['the second half of a pair', { text: '\ude00x' }, 'text: it holds half of a character'],
    ['halves in the wrong order', { text: '\ude00\ud83d' }, 'text: it holds half'],
    [
      'a NUL deep inside',
      { filter: { tags: ['fine', { name: '\0' }] } },
      'filter.tags.1.name: it holds a NUL',
    ],
    ['a NUL in the name of a field', { value: { 'a\0': 1 } }, 'value: it holds a NUL'],
    ['a text in place of an object', 'a\0', 'it holds a NUL'],
  ])('is refused as wrong usage, before any handler, where it holds %s', async (_, input, message) => {
    const before = handled;
    expect(await put(input)).toMatchObject({
      ok: false,
      error: { code: 'USAGE', message: expect.stringContaining(message) as string },
    });
    expect(handled).toBe(before);
  });

  it('may hold whatever Postgres can keep, and may be deep', async () => {
    expect(await put({ text: '😀 \u0001 \uffff \u202e é', empty: '', none: null })).toMatchObject({
      ok: true,
    });
    let deep: unknown = 'x';
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];
    expect(await put({ deep })).toMatchObject({ ok: true });
  });
});
