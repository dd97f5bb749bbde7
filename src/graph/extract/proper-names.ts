import { entityName } from './canonical.ts';
import type { EntityKind, NameSpan } from './extraction.ts';
import {
  beforeOf,
  beforeOrganisation,
  beforePerson,
  beforePlace,
  humanVerbs,
  noNames,
  organisationWords,
  particles,
  placeWords,
} from './name-words.ts';
import type { Token } from './parse-sentence.ts';

/** Neighbouring words that may be one name. */
interface Run {
  tokens: Token[];
  /** Index of the first of them in the sentence. */
  at: number;
}

const maxWords = 6;
const nameTags = ['Person', 'FirstName', 'LastName', 'Place', 'City', 'Country', 'Region', 'Organization'];

/** People, organisations and places among the words of a sentence that are no known name yet, in order. */
export function properNames(tokens: readonly Token[], sentence: string): NameSpan[] {
  const isHeading = looksLikeHeading(tokens);
  return runsOf(tokens).flatMap((run) => {
    const kind = kindOf(run, tokens, isHeading);
    const start = run.tokens[0]?.start ?? 0;
    const end = run.tokens.at(-1)?.end ?? 0;
    const name = kind === undefined ? undefined : entityName(kind, sentence.slice(start, end));
    return name === undefined ? [] : [{ ...name, start, end }];
  });
}

/** In a heading every word has a capital letter, so that it says nothing. */
function looksLikeHeading(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ text, name }) => name === undefined && /\p{L}{2}/u.test(text));
  const capitals = words.filter(({ text }) => /^\p{Lu}/u.test(text));
  return words.length >= 4 && capitals.length / words.length > 0.6;
}

function runsOf(tokens: readonly Token[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < tokens.length;) {
    const end = endOfRun(tokens, at);
    if (end > at) runs.push({ tokens: tokens.slice(at, end), at });
    at = Math.max(end, at + 1);
  }
  return runs;
}

function endOfRun(tokens: readonly Token[], first: number): number {
  if (!isNameWord(tokens, first)) return first;
  let end = first + 1;
  while (
    end < tokens.length &&
    end - first < maxWords &&
    joins(tokens[end - 1] as Token, tokens[end] as Token)
  ) {
    const token = tokens[end] as Token;
    if (isNameWord(tokens, end)) end += 1;
    else if (isLink(tokens[end - 1] as Token, token) && isNameWord(tokens, end + 1)) end += 2;
    else break;
  }
  return end;
}

function isLink(before: Token, token: Token): boolean {
  const word = token.text.toLowerCase();
  return particles.has(word) || (word === 'of' && beforeOf.has(before.text.toLowerCase()));
}

/** Nothing but blanks stands between two words of one name, or the dot of an initial or title. */
function joins(before: Token, token: Token): boolean {
  if (/\S/.test(token.pre)) return false;
  // "Bob's Audi" is two things, "St. Mary's Hospital" one.
  if (/['’]s?$/.test(before.text) && !organisationWords.has(token.text.toLowerCase())) return false;
  const isShort = /^(?:\p{Lu}|Dr|Mr|Mrs|Ms|Prof|St)$/u.test(before.text);
  return isShort ? /^\.?\s*$/.test(before.post) : /^\s*$/.test(before.post);
}

function isNameWord(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token === undefined || token.name !== undefined || !/^\p{Lu}/u.test(token.text)) return false;
  const word = token.text.toLowerCase().replace(/['’]s?$/, '');
  if (noNames.has(word) || /\d/.test(word)) return false;
  if (token.tags.has('Date') && !token.tags.has('Person')) return false;
  if (nameTags.some((tag) => token.tags.has(tag))) return true;
  return at > 0 || token.tags.has('ProperNoun') || isFollowedByName(tokens, at);
}

/** A sentence begins with a capital letter anyway: an unknown first word counts if a second one follows. */
function isFollowedByName(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token;
  const next = tokens[at + 1];
  const isPlain = [
    'Verb',
    'Preposition',
    'Conjunction',
    'Determiner',
    'Pronoun',
    'QuestionWord',
    'Adverb',
    'Expression',
  ].some((tag) => token.tags.has(tag));
  return (
    !isPlain &&
    next !== undefined &&
    joins(token, next) &&
    next.name === undefined &&
    /^\p{Lu}\p{Ll}/u.test(next.text)
  );
}

function kindOf(run: Run, tokens: readonly Token[], isHeading: boolean): EntityKind | undefined {
  const words = run.tokens.map(({ text }) => text.toLowerCase().replace(/['’]s?$/, ''));
  const has = (tag: string) => run.tokens.some(({ tags }) => tags.has(tag));
  if (words.length > 1 && words.some((word) => organisationWords.has(word))) return 'organisation';
  if (words.length > 1 && (placeWords.has(words.at(-1) ?? '') || placeWords.has(words[0] ?? '')))
    return 'place';
  if (has('Honorific') && words.length > 1) return 'person';
  if (has('Organization')) return 'organisation';
  if (has('FirstName') || (has('Person') && words.length > 1)) return 'person';
  if (has('Place') || has('City') || has('Country') || has('Region')) return 'place';
  if (has('Person')) return isShouted(words, run) ? undefined : 'person';
  if (isHeading) return undefined;
  return kindByContext(run, tokens, words.length);
}

function isShouted(words: readonly string[], { tokens }: Run): boolean {
  return words.length === 1 && /^\p{Lu}+$/u.test(tokens[0]?.text ?? '');
}

/** Surroundings of a name that no lexicon knows. */
function kindByContext(
  { tokens: run, at }: Run,
  tokens: readonly Token[],
  words: number,
): EntityKind | undefined {
  const looksSpelled = run.every(
    ({ text }) => /^\p{L}[\p{L}\p{M}'’-]+$/u.test(text) && !/^\p{Lu}{2,}$/u.test(text),
  );
  const before = tokens[at - 1];
  const after = tokens[at + run.length];
  const previous = before === undefined ? '' : before.text.toLowerCase();
  if (beforeOrganisation.has(previous) || isEmployer(tokens, at)) return 'organisation';
  const isSomebodys = previous === 'from' && words === 1 && isNamed(tokens[at - 2]);
  if (isSomebodys) return 'organisation';
  if (looksSpelled && words <= 3) {
    if (isDoing(after, tokens[at + run.length + 1])) return 'person';
    if (before !== undefined && beforePerson.has(before.tags.has('Verb') ? before.root : previous))
      return 'person';
    if (beforePlace.has(previous)) return 'place';
    if (words > 1 && /^(?:from|for|and)$/.test(previous)) return 'person';
    if (words > 1 && at === 0 && isFromSomewhere(after)) return 'person';
  }
  if (previous === 'from' && words === 1) return 'organisation';
  return words > 1 ? 'other' : undefined;
}

/** "Priya works for Acme", "Bob from Acme". */
function isEmployer(tokens: readonly Token[], at: number): boolean {
  const [verb, preposition] = [tokens[at - 2], tokens[at - 1]?.text.toLowerCase()];
  return (preposition === 'for' || preposition === 'at') && verb !== undefined && verb.root === 'work';
}

function isNamed(token: Token | undefined): boolean {
  return token !== undefined && (token.name !== undefined || /^\p{Lu}\p{Ll}/u.test(token.text));
}

function isDoing(after: Token | undefined, next: Token | undefined): boolean {
  if (after === undefined || /^(?:will|would|wants?|is|was|has|had|does|did)$/i.test(after.text))
    return next !== undefined && after !== undefined && humanVerbs.has(next.root);
  return after.tags.has('Verb') && humanVerbs.has(after.root);
}

function isFromSomewhere(after: Token | undefined): boolean {
  return after !== undefined && /^from$/i.test(after.text);
}
