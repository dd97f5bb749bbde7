import { expect, it } from 'vitest';
import { predicateWords } from '../../../../public/js/panels/graph/predicate.js';

it.each([
  ['look_after', 'looks after'],
  ['carry', 'carries'],
  ['play', 'plays'],
  ['watch_over', 'watches over'],
  ['pass', 'passes'],
  ['go_to', 'goes to'],
  ['be_in', 'is in'],
  ['have', 'has'],
  ['runs', 'runs'],
  ['is_in', 'is in'],
  ['after', 'after'],
  ['mentioned_with', 'mentioned with'],
  ['', ''],
])('says %s as %s', (predicate, words) => {
  expect(predicateWords(predicate)).toBe(words);
});
