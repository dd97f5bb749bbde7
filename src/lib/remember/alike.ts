import { stopWords, wordsOf } from '../memory/lexical-embedder.ts';

/** Words without which a sentence says the opposite or something else, though they are as common as stop words. */
const turning = new Set(
  (
    'no not never none nothing neither nor without except unless only until before after off on up down from to under over ' +
    'old new former formerly previously was were had used anymore longer instead less more than if cannot can t dont doesn ' +
    'isn wasn didn won wouldn shouldn first last left right all some open closed enabled disabled'
  ).split(' '),
);
const minShared = 0.75;
const minSharedWords = 3;

/** A text as it is compared with others. */
interface Said {
  /** The words that carry it, in their order, endings cut off. */
  words: string[];
  /** Numbers, codes, names and turning words, in their order. */
  specific: string[];
}

/**
 * Whether two texts say the same thing in nearly the same words: one has a word or two that the other has not, no more. Any
 * other number, name or negation, another order, or one word in another's place, makes them two statements, which may
 * contradict each other. In doubt they are two: that costs a row, and the contrary would cost a memory.
 */
export function saysTheSame(one: string, other: string): boolean {
  const a = saidBy(one);
  const b = saidBy(other);
  if (a.specific.join(' ') !== b.specific.join(' ')) return false;
  const [short, long] = a.words.length <= b.words.length ? [a.words, b.words] : [b.words, a.words];
  if (short.length === 0) return one.trim() === other.trim();
  if (long.length < minSharedWords) return short.join(' ') === long.join(' ');
  return short.length / long.length >= minShared && isWithin(short, long);
}

/** Whether a text says nothing that the other one does not say, in nearly the same words. */
export function saysNothingNew(text: string, known: string): boolean {
  const given = saidBy(text);
  const said = saidBy(known);
  const all = new Set([...said.words, ...said.specific]);
  const strange = [...given.words, ...given.specific].filter((word) => !all.has(word));
  return given.words.length > 0 && strange.length <= given.words.length * (1 - newShare);
}

/** A repetition may be framed in a few words of its own, such as "as you told me". */
const newShare = 0.8;

function saidBy(text: string): Said {
  const names = namesIn(text);
  const all = wordsOf(text.replace(/\[redacted [^\]]*\]/g, ' redacted '));
  const specific = all.filter((word) => /\d/.test(word) || names.has(word) || turning.has(word));
  const words = all.filter((word) => !stopWords.has(word) || turning.has(word)).map(stemOf);
  return { words, specific };
}

/** Words with a capital letter that do not begin a sentence. */
function namesIn(text: string): Set<string> {
  const found = text.matchAll(/(?<=[\p{L}\p{N},;:)'’"-]\s+["'(]?)\p{Lu}[\p{L}\p{N}]*/gu);
  return new Set([...found].flatMap(([name]) => wordsOf(name)).filter((name) => name !== 'i'));
}

/** Without the endings that inflect an English word. */
function stemOf(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word;
  const stem = word.replace(/(?:'s|ies|ied|es|ed|ing|ly|s|e|y)$/, '');
  return stem.length < 3 ? word : stem;
}

/** Whether the words occur in the others in the same order. */
function isWithin(short: readonly string[], long: readonly string[]): boolean {
  let at = 0;
  for (const word of long) if (word === short[at]) at += 1;
  return at === short.length;
}
