import { expect, it } from 'vitest';
import { createSequenceBuilder, type Encode } from '../../../src/lib/inference/token-sequence.ts';

const idOf = (char: string): number => char.charCodeAt(0);

/** One token a character; special tokens as BERT sets them. */
const bert: Encode = (text, { pair, special }) => {
  const first = Array.from(text, idOf);
  const second = Array.from(pair ?? '', idOf);
  if (!special) return { ids: first, types: first.map(() => 0) };
  if (pair === undefined) return { ids: [1, ...first, 2], types: [1, ...first, 2].map(() => 0) };
  return {
    ids: [1, ...first, 2, ...second, 2],
    types: [...[1, ...first, 2].map(() => 0), ...[...second, 2].map(() => 1)],
  };
};

/** The same as RoBERTa sets them: two separators in the middle, and no types. */
const roberta: Encode = (text, { pair, special }) => {
  const first = Array.from(text, idOf);
  if (!special) return { ids: first };
  return { ids: [0, ...first, 2, ...(pair === undefined ? [] : [2, ...Array.from(pair, idOf), 2])] };
};

const textOf = (ids: readonly number[]) =>
  ids.map((id) => (id < 3 ? `<${id}>` : String.fromCharCode(id))).join('');

it('sets texts between the special tokens of either family', () => {
  const ofBert = createSequenceBuilder(bert, 16);
  expect(textOf(ofBert.single('word').ids)).toBe('<1>word<2>');
  expect(textOf(ofBert.single('').ids)).toBe('<1><2>');
  const pair = ofBert.pair('ask', 'said');
  expect(textOf(pair.ids)).toBe('<1>ask<2>said<2>');
  expect(pair.types.join('')).toBe('0000011111');
  expect(textOf(createSequenceBuilder(roberta, 16).pair('ask', 'said').ids)).toBe('<0>ask<2><2>said<2>');
});

it('cuts what is too long and keeps every special token', () => {
  const builder = createSequenceBuilder(bert, 9);
  expect(textOf(builder.single('a very long text').ids)).toBe('<1>a very <2>');
  expect(textOf(builder.pair('q', 'a very long text').ids)).toBe('<1>q<2>a ver<2>');
  expect(textOf(builder.pair('a very long text', 'p').ids)).toBe('<1>a ver<2>p<2>');
  expect(textOf(builder.pair('question', 'passages').ids)).toBe('<1>que<2>pas<2>');
  expect(builder.pair('question', 'passages').types).toHaveLength(9);
});

it('refuses a tokenizer whose special tokens it cannot make out', () => {
  const odd: Encode = (text, { special }) => ({ ids: special ? [7] : Array.from(text, idOf) });
  expect(() => createSequenceBuilder(odd, 9)).toThrow('does not put a text between its special tokens');
});
