import { setImmediate as turn } from 'node:timers/promises';
import type { Embedder } from './embedder.ts';
import { emptyTable, type FeatureTable } from './feature-table.ts';

/** As many as the default model has. */
export const lexicalDimensions = 384;

const maxChars = 20_000;
/** Texts between two turns of the event loop; one of a memory's size takes about 1 ms. */
const textsATurn = 4;

const weights = { word: 1, pair: 0.5, gram: 0.9 };
const stopWordWeight = 0.15;
const gramSizes = [3, 4, 5] as const;

/**
 * An embedder without a model, for when there is none: it hashes words, pairs of neighbouring words and the character
 * n-grams of each word into a vector of unit length, so that texts that share words, or parts of them, come near one
 * another; it knows nothing of meaning. The same text gives the same vector everywhere and for ever: whoever changes
 * anything about it changes `model`.
 * Sources: signed feature hashing, Weinberger et al. 2009, https://arxiv.org/abs/0902.2206; character n-grams with word
 * boundaries, Bojanowski et al. 2017, https://arxiv.org/abs/1607.04606; sublinear weights (1 + ln tf), Manning et al.,
 * Introduction to Information Retrieval, 6.4.1; FNV-1a, RFC 9923; the finalizer is MurmurHash3's.
 */
export const lexicalEmbedder: Embedder = {
  model: 'ninjad-lexical-1',
  dimensions: lexicalDimensions,
  /** It knows words as full text does: with more weight, or where there are many, it loses names and codes to mere likeness. */
  voice: { weight: 0.2, unrelatedBelow: 0.12, fullUpToWords: 6 },
  async embed(texts, { signal }) {
    const vectors: Float32Array[] = [];
    for (const [index, text] of texts.entries()) {
      if (index % textsATurn === textsATurn - 1) await turn();
      signal.throwIfAborted();
      vectors.push(embedLexically(text));
    }
    return vectors;
  },
};

/** The vector of one text, of which the first 20,000 characters count; see `lexicalEmbedder`. */
export function embedLexically(text: string): Float32Array {
  const vector = new Float32Array(lexicalDimensions);
  const features = featuresOf(text);
  for (let index = 0; index < features.size; index += 1) {
    const hash = features.hashes[index] as number;
    const value = (features.weights[index] as number) * (1 + Math.log(features.counts[index] as number));
    const place = (hash >>> 1) % lexicalDimensions;
    vector[place] = (vector[place] as number) + (hash & 1 ? value : -value);
  }
  const length = lengthOf(vector);
  // Signed features may cancel out, in theory; a vector of length 0 has no cosine.
  if (length === 0) vector[0] = 1;
  else
    for (let index = 0; index < vector.length; index += 1) vector[index] = (vector[index] as number) / length;
  return vector;
}

/** The same as `Math.hypot` of all values, which takes them as arguments, each checked and copied. */
function lengthOf(vector: Float32Array): number {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  if (most === 0) return 0;
  let sum = 0;
  let rest = 0;
  for (const value of vector) {
    const share = Math.abs(value) / most;
    const summand = share * share - rest;
    const next = sum + summand;
    rest = next - sum - summand;
    sum = next;
  }
  return Math.sqrt(sum) * most;
}

function featuresOf(text: string): FeatureTable {
  const features = emptyTable();
  let before: string | undefined;
  for (const word of wordsOf(text)) {
    const isStopWord = stopWords.has(word);
    features.add('w ', word, isStopWord ? stopWordWeight : weights.word);
    if (before !== undefined)
      features.add('p ', `${before} ${word}`, isStopWord ? stopWordWeight : weights.pair);
    before = word;
    if (isStopWord) continue;
    const framed = `<${word}>`;
    const grams = gramSizes.reduce((sum, size) => sum + gramCount(framed, size), 0);
    // The n-grams of a word count together as much as a word, however long it is.
    const weight = weights.gram / Math.sqrt(grams);
    for (const size of gramSizes)
      for (let start = 0; start < gramCount(framed, size); start += 1)
        features.add('g ', framed, weight, start, start + size);
  }
  // A text of signs only, such as "👍" or "???", is at least like itself.
  if (features.size === 0)
    for (const sign of text.slice(0, maxChars).match(/\S/gu) ?? ['']) features.add('s ', sign, 1);
  return features;
}

/** A word that is as short as its n-gram is no n-gram of itself. */
function gramCount({ length }: string, size: number): number {
  return length <= size ? 0 : length - size + 1;
}

/** Scripts that put no spaces between words: there each character, with its neighbour as a pair, is a word. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u;
const wordPattern = new RegExp(`${spaceless.source}|(?:(?!${spaceless.source})[\\p{L}\\p{M}\\p{N}])+`, 'gu');

/** The words of a text as they are compared: lower case, without the accents of European scripts. */
export function wordsOf(text: string): string[] {
  const head = text.slice(0, maxChars);
  if (/^[\0-\x7f]*$/.test(head)) return head.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const plain = head
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  return plain.match(wordPattern) ?? [];
}

/** Words of so many English sentences that they say little about one. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    'a about after again all also am an and any are as at be because been before being but by can could did do does ' +
    'doing for from had has have having he her here hers him his how i if in into is it its just me more most my no ' +
    'nor not now of off on only or other our out over own please s same she should so some such t than that the their ' +
    'them then there these they this those through to too under until up very was we were what when where which while ' +
    'who whom why will with would you your'
  ).split(' '),
);
