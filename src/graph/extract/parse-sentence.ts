import nlp from 'compromise';
import type { NameSpan } from './extraction.ts';

/** A word of a sentence. `start` and `end` are its place in the sentence, without punctuation. */
export interface Token {
  text: string;
  start: number;
  end: number;
  /** compromise's tags, such as ProperNoun or Passive. */
  tags: ReadonlySet<string>;
  /** The base form of a verb, else the word in lower case. */
  root: string;
  /** Punctuation before and after it. */
  pre: string;
  post: string;
  /** The known name that stands here. */
  name?: NameSpan;
}

const maxNames = 40;
const placeholders = Array.from(
  { length: maxNames },
  (_, index) => `Xqz${String.fromCharCode(97 + Math.floor(index / 20), 97 + (index % 20))}q`,
);
nlp.addWords(Object.fromEntries(placeholders.map((word) => [word.toLowerCase(), 'ProperNoun'])));

/**
 * The words of a sentence with their parts of speech. Each of the names (in order, not overlapping) is one word: it is
 * parsed as a proper noun, since host names, versions and foreign names confuse the tagger. Takes 2–10 ms.
 */
export function parseSentence(sentence: string, names: readonly NameSpan[]): Token[] {
  const { masked, places } = mask(sentence, names.slice(0, maxNames));
  const view = nlp(masked);
  view.compute('root');
  const tokens: Token[] = [];
  let at = 0;
  for (const term of view.termList()) {
    const found = masked.indexOf(term.text, at);
    if (term.text === '' || found < 0) continue;
    at = found + term.text.length;
    tokens.push(tokenOf(term, { start: found, end: at }, places));
  }
  return tokens;
}

type Term = ReturnType<ReturnType<typeof nlp>['termList']>[number];

/** Place of a stretch of the masked sentence in the original one. */
interface Place {
  start: number;
  end: number;
  shift: number;
  name: NameSpan;
}

function mask(sentence: string, names: readonly NameSpan[]): { masked: string; places: Place[] } {
  const places: Place[] = [];
  let masked = '';
  let at = 0;
  for (const [index, name] of names.entries()) {
    masked += sentence.slice(at, name.start);
    const start = masked.length;
    masked += placeholders[index] ?? '';
    places.push({ start, end: masked.length, shift: name.end - masked.length, name });
    at = name.end;
  }
  return { masked: masked + sentence.slice(at), places };
}

function tokenOf(
  term: Term,
  { start, end }: { start: number; end: number },
  places: readonly Place[],
): Token {
  const { root, tags } = term as Term & { root?: string };
  const text = term.text;
  const name = places.find((place) => place.start >= start && place.end <= end)?.name;
  const shift = places.filter((place) => place.end <= start).at(-1)?.shift ?? 0;
  return {
    text,
    start: name?.start ?? start + shift,
    end: name?.end ?? end + shift,
    tags: tags ?? new Set(),
    root: root ?? term.normal,
    pre: term.pre,
    post: term.post,
    ...(name !== undefined && { name }),
  };
}
