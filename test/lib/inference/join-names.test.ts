import { expect, it } from 'vitest';
import { joinNames, splitWords } from '../../../src/lib/inference/join-names.ts';

/** Labels by word; the rest is `O`. */
function namesIn(text: string, labels: Record<string, string>) {
  const words = splitWords(text);
  const found = joinNames(
    words,
    words.map((word) => ({ label: labels[word.text] ?? 'O', score: labels[word.text] ? 0.8 : 1 })),
  );
  return found.map(({ kind, start, end, score }) => [kind, text.slice(start, end), score]);
}

it('cuts a text into words and signs with their places, in every script', () => {
  const text = "O'Brien's e-mail: ünïcode, 東京 x_1 👋";
  const words = splitWords(text);
  expect(words.map((word) => word.text)).toEqual(
    "O ' Brien ' s e - mail : ünïcode , 東京 x _ 1 👋".split(' '),
  );
  for (const { text: word, start, end } of words) expect(text.slice(start, end)).toBe(word);
});

it('joins the words of a name and averages how sure they are', () => {
  expect(namesIn('ask Ada Lovelace of Acme.', { Ada: 'B-PER', Lovelace: 'I-PER', Acme: 'I-ORG' })).toEqual([
    ['person', 'Ada Lovelace', 0.8],
    ['organisation', 'Acme', 0.8],
  ]);
});

it('begins a new name at a new beginning, at another kind, and after a word that is none', () => {
  const labels = { Ada: 'B-PER', Bob: 'B-PER', Lisbon: 'I-LOC', Rome: 'I-LOC', Mars: 'B-MISC' };
  expect(namesIn('Ada Bob Lisbon and Rome, Mars', labels).map(([kind, text]) => `${kind} ${text}`)).toEqual([
    'person Ada',
    'person Bob',
    'place Lisbon',
    'place Rome',
    'other Mars',
  ]);
});
