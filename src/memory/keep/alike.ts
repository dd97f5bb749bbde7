import { basesOf, isEnglish } from './inflection.ts';

/**
 * True where two texts say the same thing: the same words in the same order, but for those that are known to carry nothing,
 * and in English for plurals and the like. Any other word more, in any language, may turn a sentence round, so it makes
 * another statement. They count as two in case of doubt: that costs a row, and the contrary would cost a memory.
 */
export function saysTheSame(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (a.length === 0 && b.length === 0) return one.trim() === other.trim();
  return a.length === b.length && isAtStartOf(a, b);
}

/**
 * True where each sentence of a text stands in what is known, in the same words, or in English stops there before a place
 * that the known one goes on to name: what is denied, stopped or said of all says more without its place. A frame such as
 * "as you told me" does not count. Another number, name, date or negation, or any other word, is news.
 */
export function saysNothingNew(text: string, known: string): boolean {
  const said = sentencesOf(text).filter((sentence) => wordsOf(sentence).length > 0);
  const there = sentencesOf(known);
  return said.length > 0 && said.every((sentence) => there.some((whole) => stopsWithin(sentence, whole)));
}

function stopsWithin(sentence: string, whole: string): boolean {
  const [given, all] = [wordsOf(sentence), wordsOf(whole)];
  if (!isAtStartOf(given, all)) return false;
  const [first] = all.slice(given.length);
  if (first === undefined) return true;
  return (
    isEnglish(whole) &&
    placing.has(first.text) &&
    !all.some(({ text }) => turning.has(text) || time.test(text))
  );
}

/** The words of a text without endings and what carries nothing: texts that say the same have the same ones. */
export function crudeWords(text: string): string[] {
  const all = plainOf(text).match(tokens) ?? [];
  return all
    .map((token) => token.toLowerCase())
    .filter((word) => !empty.has(word) && !passing.has(word))
    .map(crude);
}

function crude(word: string): string {
  if (word.length < minCrudeLength || !/^[a-z]+$/.test(word)) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=s|x|z|ch|sh)es$|(?<=[^su])s$|ing$/, '')
    .replace(/e$/, '')
    .replace(/(.)\1$/, '$1');
}

const minCrudeLength = 3;

/** A word, and what it may be a form of. */
interface Word {
  text: string;
  bases: readonly string[];
}

/**
 * Words, with the signs inside of dates, ratios and fractions, and signs that can turn a statement round: a minus before a
 * number or after a grade, a comparison, a currency, a note's or a language's sharp, a tick, a flag, a question, a thumb.
 */
const tokens =
  /(?<![\p{L}\p{N}])[-−](?=\p{N})|(?<=[\p{L}\p{N}])[-−](?![\p{L}\p{N}])|[\p{L}\p{M}\p{N}]+(?:(?<=\p{N})[.,:/–-](?=\p{N})[\p{L}\p{M}\p{N}]+)*|[\p{S}\p{Extended_Pictographic}#%‰?？؟]|!(?==)/gu;
/** Frames in which something is said again. */
const frame =
  /^[\s"'“„*-]*(?:please[,:]?\s+)?(?:(?:as|like)\s+you\s+(?:told|said|mentioned|wrote)(?:\s+(?:me|to me))?|you\s+(?:told|said|mentioned|wrote)(?:\s+(?:me|to me))?(?:\s+that)?|(?:i\s+)?(?:remember|note)(?:\s+that)?|wie\s+du\s+(?:mir\s+)?(?:gesagt|geschrieben)\s+hast|merk(?:e)?\s+dir(?:\s+bitte)?)\s*[,:]?\s+/iu;
/** Words of English that carry nothing: articles, the copula, politeness. In other languages such a word may be a pronoun. */
const empty = new Set('a an the is are am please'.split(' '));
/** Small words that are names of something else in capitals: IT, US, WHO. */
const pronouns = new Set(
  'it us who me he am is an in or as so do be to of on if no we my may aids'.split(' '),
);
const copula = new Set(['is', 'are', 'am']);
/** Carries nothing in a statement; in what is forbidden it says until when. */
const passing = new Set(['now']);
const negation = /\b(?:no|not|never|nobody|nothing|none|cannot|without|\p{L}+n['’]t)\b/iu;
const maxChars = 20_000;

/** The words of a text that carry something, in their order. A name has no other forms. */
function wordsOf(text: string): Word[] {
  const isEnglishText = isEnglish(text);
  const plain = plainOf(text);
  const isForbidding = negation.test(plain);
  const all = plain.match(tokens) ?? [];
  const isShouted = !/\p{Ll}/u.test(plain);
  return all.flatMap((token, index) => {
    // Whoever works in IT does not work in it.
    if (!isShouted && /^[A-Z]{2,}$/.test(token) && pronouns.has(token.toLowerCase()))
      return [{ text: token, bases: [token] }];
    const word = token.toLowerCase();
    if (isEnglishText && empty.has(word)) return [];
    if (!isForbidding && passing.has(word)) return [];
    const isName = word !== token;
    const isGoingOn = copula.has(all[index - 1]?.toLowerCase() ?? '');
    return [{ text: word, bases: isEnglishText && !isName ? basesOf(word, isGoingOn) : [word] }];
  });
}

function plainOf(text: string): string {
  return text
    .slice(0, maxChars)
    .normalize('NFKC')
    .replace(/\[redacted [^\]]*\]/g, ' redacted ')
    .replace(frame, '');
}

function sentencesOf(text: string): string[] {
  return text.slice(0, maxChars).split(/(?<=[.!?…]["'”’)]?)\s+|(?<=[。！？])|\n+|\s*→\s*/u);
}

function isAtStartOf(words: readonly Word[], others: readonly Word[]): boolean {
  return words.every(({ bases }, index) => others[index]?.bases.some((base) => bases.includes(base)));
}

/** Words that begin a place, with which a statement may go on without being turned round. */
const placing = new Set('at in on near by behind beside under over next'.split(' '));
/** Words of a time, which is a limit where a place is not. */
const time = /day|night|noon|morning|evening|week|month|year|winter|spring|summer|autumn|easter|christmas/;
/** Words with which it does not: negations, limits, ends, and claims about all. */
const turning = new Set(
  (
    'no not never none nobody nothing neither nor without except unless only until till before after if when while but cannot t dont ' +
    'longer anymore instead than hardly barely almost nearly rarely seldom false wrong ' +
    'stop stops stopped quit quits end ends ended refuse refuses refused forbid forbids forbidden avoid avoids ' +
    'all always any anybody anyone each every everybody everyone'
  ).split(' '),
);
