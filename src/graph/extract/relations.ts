import { coOccurrence, type EntityName, type NameSpan } from './extraction.ts';
import type { Token } from './parse-sentence.ts';

/** Two names of one sentence and the words that join them. */
export interface Relation {
  subject: EntityName;
  predicate: string;
  object: EntityName;
}

const maxPairs = 12;
const clauseEnd = /[;:()]|--|–|—/;
const joined: Readonly<Record<string, string>> = {
  email: 'has_address',
  ip: 'has_address',
  version: 'has_version',
};
const plainPrepositions = new Set(['on', 'in', 'at', 'from', 'of', 'for', 'behind', 'near']);

/** A name and where its words stand among the tokens. */
interface Placed {
  name: NameSpan;
  first: number;
  last: number;
  /** The address or version of the name right before it. */
  isAttached: boolean;
}

/** The words of one verb phrase. */
interface Phrase {
  first: number;
  last: number;
  root: string;
  isPassive: boolean;
  isNegated: boolean;
  /** The verb as it stands there. */
  text: string;
}

/**
 * The relations of a sentence. A verb joins the name before it (its subject) with those behind it, up to the next verb:
 * `Bob works at Acme` is `work_at`; a passive with `by` is turned round, without it keeps its participle
 * (`restarted_on`); a negated verb says nothing. Names that nothing joins are `mentioned_with` each other, the first
 * twelve pairs of them.
 */
export function relationsOf(tokens: readonly Token[], names: readonly NameSpan[]): Relation[] {
  const placed = place(tokens, names);
  const relations = [...byVerb(tokens, placed), ...byNeighbourhood(tokens, placed)];
  const known = new Set(relations.map(({ subject, object }) => pairOf(subject, object)));
  const independent = placed.filter(({ isAttached }) => !isAttached);
  for (const [index, { name: subject }] of independent.entries()) {
    for (const { name: object } of independent.slice(index + 1)) {
      const pair = pairOf(subject, object);
      if (known.has(pair) || idOf(subject) === idOf(object)) continue;
      if (known.size >= maxPairs) return relations;
      known.add(pair);
      relations.push({ subject, predicate: coOccurrence, object });
    }
  }
  return relations;
}

function place(tokens: readonly Token[], names: readonly NameSpan[]): Placed[] {
  const placed: Placed[] = [];
  for (const name of names) {
    const first = tokens.findIndex(({ start, end }) => end > name.start && start < name.end);
    if (first < 0) continue;
    let last = first;
    while ((tokens[last + 1]?.start ?? Infinity) < name.end) last += 1;
    const before = placed.at(-1);
    const isAttached = name.kind in joined && before?.last === first - 1 && before.name.kind !== name.kind;
    placed.push({ name, first, last, isAttached });
  }
  return placed;
}

function byVerb(tokens: readonly Token[], all: readonly Placed[]): Relation[] {
  const phrases = phrasesOf(tokens, all);
  const placed = all.filter(({ isAttached }) => !isAttached);
  const subjects: (Placed | undefined)[] = [];
  for (const [index, phrase] of phrases.entries()) {
    const own = subjectOf(tokens, placed, { from: phrases[index - 1]?.last ?? -1, to: phrase.first });
    subjects.push(own ?? impliedSubject(tokens, placed, phrase, subjects[index - 1]));
  }
  return phrases.flatMap((phrase, index) => {
    const subject = subjects[index];
    if (subject === undefined || phrase.isNegated) return [];
    const until = phrases[index + 1]?.first ?? tokens.length;
    const next = subjects[index + 1];
    const objects = placed.filter(({ first }) => first > phrase.last && first < until);
    return relationsOfPhrase(
      tokens,
      phrase,
      subject,
      objects.filter((object) => !beginsClause(tokens, phrase, object, next)),
    );
  });
}

/** "web-01 rebooted and Bob called Anna": Bob belongs to what follows. */
function beginsClause(
  tokens: readonly Token[],
  phrase: Phrase,
  object: Placed,
  next: Placed | undefined,
): boolean {
  if (object !== next) return false;
  return tokens
    .slice(phrase.last + 1, object.first)
    .some(({ tags, text }) => tags.has('Conjunction') && !/^(?:to|at|for)$/i.test(text));
}

function relationsOfPhrase(
  tokens: readonly Token[],
  phrase: Phrase,
  { name: subject }: Placed,
  objects: readonly Placed[],
): Relation[] {
  const relations: Relation[] = [];
  let at = phrase.last;
  let preposition: string | undefined;
  for (const object of objects) {
    const between = tokens.slice(at + 1, object.first);
    if (tokens.slice(at, object.first).some(({ post }) => clauseEnd.test(post))) break;
    const isCoordinated = at > phrase.last && between.every(({ text }) => /^(?:and|or|the|a)$/i.test(text));
    if (!isCoordinated) preposition = prepositionOf(between);
    const relation = join(phrase, preposition, subject, object.name);
    if (relation !== undefined && idOf(subject) !== idOf(object.name)) relations.push(relation);
    at = object.last;
  }
  return relations;
}

function join(
  phrase: Phrase,
  preposition: string | undefined,
  subject: EntityName,
  object: EntityName,
): Relation | undefined {
  if (phrase.isPassive && preposition === 'by')
    return { subject: object, predicate: phrase.root, object: subject };
  const verb = phrase.isPassive ? phrase.text : phrase.root;
  // "nas is web-01" is rare, "Bob is Anna's brother" is not: without a preposition "is" says too little.
  if (preposition === undefined && (phrase.isPassive || verb === 'is')) return undefined;
  return { subject, predicate: preposition === undefined ? verb : `${verb}_${preposition}`, object };
}

/** "backup-job on nas", "Bob Miller <bob@example.org>", "nginx 1.25", "web-01 (192.0.2.1)". */
function byNeighbourhood(tokens: readonly Token[], placed: readonly Placed[]): Relation[] {
  return placed.flatMap(({ name: subject, last }, index) => {
    const next = placed[index + 1];
    if (next === undefined || idOf(subject) === idOf(next.name)) return [];
    const between = tokens.slice(last + 1, next.first);
    const object = next.name;
    if (next.isAttached) return [{ subject, predicate: joined[object.kind] ?? coOccurrence, object }];
    const preposition = between.length === 1 ? between[0]?.text.toLowerCase() : undefined;
    if (preposition === undefined || !plainPrepositions.has(preposition) || tokens[last]?.post.trim() !== '')
      return [];
    return [{ subject, predicate: preposition, object }];
  });
}

function phrasesOf(tokens: readonly Token[], placed: readonly Placed[]): Phrase[] {
  const isNamed = (at: number): boolean => placed.some(({ first, last }) => at >= first && at <= last);
  const isVerbal = (at: number): boolean => {
    const token = tokens[at];
    if (token === undefined || isNamed(at)) return false;
    return ['Verb', 'Auxiliary', 'Negative', 'Modal'].some((tag) => token.tags.has(tag));
  };
  const phrases: Phrase[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (!isVerbal(at)) continue;
    const first = at;
    while (isVerbal(at + 1) || (tokens[at + 1]?.tags.has('Adverb') === true && isVerbal(at + 2))) at += 1;
    const words = tokens.slice(first, at + 1);
    const main =
      words.findLast(({ tags }) => tags.has('Verb') && !tags.has('Auxiliary') && !tags.has('Particle')) ??
      words.at(-1);
    // "Known as" names and does nothing.
    if (main === undefined || /^know/.test(main.root) || !/^\p{L}{2,30}$/u.test(main.root)) continue;
    const particle = particleOf(main, words);
    phrases.push({
      first,
      last: at,
      root: `${main.root.toLowerCase()}${particle}`,
      text: `${main.text.toLowerCase()}${particle}`,
      isPassive: words.some(({ tags }) => tags.has('Passive')),
      isNegated: words.some(({ tags, text }) => tags.has('Negative') || /n['’]t$/i.test(text)),
    });
  }
  return phrases;
}

/** "Looks after" and "set up" are one verb each. */
function particleOf(verb: Token, words: readonly Token[]): string {
  const next = words[words.indexOf(verb) + 1];
  return next?.tags.has('Particle') === true ? `_${next.text.toLowerCase()}` : '';
}

/** The last name between two verbs that no preposition puts under another word; "nginx on web-01 was" is about nginx. */
function subjectOf(
  tokens: readonly Token[],
  placed: readonly Placed[],
  { from, to }: { from: number; to: number },
): Placed | undefined {
  const candidates = placed.filter(({ first, last }) => first > from && last < to);
  const isFree = ({ first, last }: Placed): boolean => {
    const before = tokens[first - 1];
    // Bob's laptop is in Berlin, not Bob.
    if (last + 1 < to && /['’]s?$/.test(tokens[last]?.text ?? '')) return false;
    return before === undefined || first - 1 <= from || !isPreposition(before);
  };
  const found = candidates.findLast(isFree);
  if (found === undefined) return undefined;
  const between = tokens.slice(found.last, to);
  return between.some(({ post }) => clauseEnd.test(post)) ? undefined : found;
}

/** "She lives here and works there": the subject of before; "… , he works there": the last person named. */
function impliedSubject(
  tokens: readonly Token[],
  placed: readonly Placed[],
  phrase: Phrase,
  before: Placed | undefined,
): Placed | undefined {
  const word = tokens[phrase.first - 1]?.text.toLowerCase() ?? '';
  if (/^(?:and|but|then)$/.test(word)) return before;
  if (!/^(?:he|she)$/.test(word)) return undefined;
  return placed.findLast(({ name, last }) => name.kind === 'person' && last < phrase.first);
}

function prepositionOf(between: readonly Token[]): string | undefined {
  const found = between.findLast(isPreposition);
  return found?.text.toLowerCase();
}

function isPreposition({ tags, text }: Token): boolean {
  return (
    (tags.has('Preposition') || /^(?:to|at|for|with|by|from|in|on|of)$/i.test(text)) &&
    /^[a-z]{2,12}$/i.test(text)
  );
}

function idOf({ kind, key }: EntityName): string {
  return `${kind} ${key}`;
}

function pairOf(one: EntityName, other: EntityName): string {
  return [idOf(one), idOf(other)].sort().join('\n');
}
