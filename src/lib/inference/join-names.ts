import type { NamedEntity } from './inference.ts';
import { ownValue } from '../own-value.ts';

/** A word, or a mark that stands alone, and its place in the text. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** A model's verdict on a word: a label such as `B-PER` or `O`, and its confidence from 0 to 1. */
export interface WordLabel {
  label: string;
  score: number;
}

const kinds: Readonly<Record<string, NamedEntity['kind']>> = {
  PER: 'person',
  PERSON: 'person',
  ORG: 'organisation',
  ORGANIZATION: 'organisation',
  LOC: 'place',
  GPE: 'place',
  LOCATION: 'place',
};

/** Cuts a text into words as BERT's tokenizer does: runs of letters, digits and their marks; every other sign alone. */
export function splitWords(text: string): Word[] {
  return Array.from(text.matchAll(/[\p{L}\p{N}\p{M}]+|\S/gu), (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * The names that labelled words form, in the order of the text: a `B-` label begins one, an `I-` label of the same kind
 * continues it (or begins one, where none goes before). A name's score is the mean of its words'.
 */
export function joinNames(words: readonly Word[], labels: readonly WordLabel[]): Omit<NamedEntity, 'text'>[] {
  const names: (Omit<NamedEntity, 'text'> & { words: number; tag: string })[] = [];
  let open = false;
  labels.forEach(({ label, score }, index) => {
    const word = words[index];
    const [place, tag] = label.split('-', 2);
    if (word === undefined || tag === undefined) {
      open = false;
      return;
    }
    const last = names.at(-1);
    if (open && last !== undefined && place === 'I' && last.tag === tag) {
      last.end = word.end;
      last.score += (score - last.score) / (last.words + 1);
      last.words += 1;
    } else {
      const kind = ownValue(kinds, tag.toUpperCase()) ?? 'other';
      names.push({ kind, start: word.start, end: word.end, score, words: 1, tag });
    }
    open = true;
  });
  return names.map(({ kind, start, end, score }) => ({ kind, start, end, score }));
}
