import { entityName } from './canonical.ts';
import type { EntityName, NameSpan } from './extraction.ts';

/** Finds names that are known already, the longest first where they overlap. */
export interface Gazetteer {
  find(sentence: string): NameSpan[];
}

const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’&+#@._/-]*/gu;
const maxWords = 6;
/** Kinds whose names are written with a capital letter: "mark" is not Mark, and "will" not Will. */
const capitalised: ReadonlySet<string> = new Set(['person', 'organisation', 'place', 'other']);

/** A gazetteer of these names. A name of one word that is known with a capital letter is only found with one. */
export function createGazetteer(names: readonly EntityName[]): Gazetteer {
  const byFold = new Map<string, EntityName>();
  const openers = new Map<string, number>();
  for (const name of names) {
    const words = wordsOf(name.name);
    const first = words[0];
    if (first === undefined || words.length > maxWords) continue;
    const fold = words.map(({ fold }) => fold).join(' ');
    if (!byFold.has(fold)) byFold.set(fold, name);
    openers.set(first.fold, Math.max(openers.get(first.fold) ?? 0, words.length));
  }
  return {
    find(sentence) {
      if (byFold.size === 0) return [];
      const words = wordsOf(sentence);
      const spans: NameSpan[] = [];
      for (let at = 0; at < words.length;) {
        const found = longestAt(words, at, openers, byFold, sentence);
        if (found !== undefined) spans.push(found.span);
        at += found?.words ?? 1;
      }
      return spans;
    },
  };
}

interface Word {
  fold: string;
  start: number;
  end: number;
}

function longestAt(
  words: readonly Word[],
  at: number,
  openers: ReadonlyMap<string, number>,
  byFold: ReadonlyMap<string, EntityName>,
  sentence: string,
): { span: NameSpan; words: number } | undefined {
  const first = words[at] as Word;
  for (let count = Math.min(openers.get(first.fold) ?? 0, words.length - at); count > 0; count -= 1) {
    const taken = words.slice(at, at + count);
    const known = byFold.get(taken.map(({ fold }) => fold).join(' '));
    if (known === undefined) continue;
    const end = (taken[count - 1] as Word).end;
    if (count > 1 || isWrittenAs(known, sentence.slice(first.start, end)))
      return { span: { ...known, start: first.start, end }, words: count };
  }
  return undefined;
}

function isWrittenAs({ kind, name }: EntityName, text: string): boolean {
  return !capitalised.has(kind) || !/^\p{Lu}/u.test(name) || /^\p{Lu}/u.test(text);
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(word)].flatMap(({ 0: raw, index }) => {
    const bare = raw.replace(/['’]s?$|[.'’/_-]+$/u, '');
    const fold = entityName('other', bare)?.key ?? '';
    return fold === '' ? [] : [{ fold, start: index, end: index + bare.length }];
  });
}
