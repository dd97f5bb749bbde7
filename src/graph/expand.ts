import { type ReachedRow, reachFrom, seedsNamed, seedsSpelledLike } from './rows/reach.ts';
import type { Tx } from '../lib/store/store.ts';
import type { HitList } from '../memory/recall/candidate.ts';
import type { RecallFilter, RecallQuery } from '../memory/recall/recall.ts';
import { entityName } from './extract/canonical.ts';
import { patternNames } from './extract/pattern-names.ts';

const maxQuestionChars = 1_000;
const maxWords = 60;
const maxNameWords = 4;
const maxSeeds = 5;
const maxHits = 50;
/** Words of fewer letters are too easily like others. */
const minMisspelledLetters = 5;
const maxMisspelled = 24;
/** The graph knows whom a text is about and not what it says: a weak voice, beside 1 for all words of a question. */
const voice = 0.05;

/**
 * Expands a question over the graph by one hop: the entities that it names (by any of their names; where it names none, by
 * one spelled nearly so), what mentions them, and what mentions what they are related to (`via nas → backup-job`). Gives
 * memories, best first, each with its reason in words.
 */
export function createGraphExpansion(store: Tx) {
  return async ({ text, filter = {} }: Pick<RecallQuery, 'text' | 'filter'>): Promise<HitList> => {
    const seeds = await seedsOf(store, text.slice(0, maxQuestionChars));
    const reached = seeds.length === 0 ? [] : await reachFrom(store, seeds);
    const { hits, reasons } = rank(reached.filter((row) => fits(row, filter)));
    return { retriever: 'graph', weight: voice, hits, reasons };
  };
}

async function seedsOf(store: Tx, text: string): Promise<number[]> {
  const words = [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’&+#@._/:-]*/gu)]
    .slice(0, maxWords)
    .map(([word]) => word);
  const keys = new Set(patternNames(text).map(({ key }) => key));
  for (let at = 0; at < words.length; at += 1) {
    for (let count = 1; count <= maxNameWords && at + count <= words.length; count += 1) {
      for (const key of keysOf(words.slice(at, at + count).join(' '))) keys.add(key);
    }
  }
  if (keys.size === 0) return [];
  const named = await seedsNamed(store, [...keys], maxSeeds);
  if (named.length > 0) return named;
  const candidates = [...words, ...words.slice(1).map((word, index) => `${words[index] ?? ''} ${word}`)]
    .filter((candidate) => candidate.length >= minMisspelledLetters)
    .slice(0, maxMisspelled)
    .map((candidate) => candidate.toLowerCase());
  return candidates.length === 0 ? [] : seedsSpelledLike(store, candidates, maxSeeds);
}

function keysOf(text: string): string[] {
  return (['person', 'host'] as const).flatMap((kind) => entityName(kind, text)?.key ?? []);
}

function fits({ kind, source, trust, created_at: at }: ReachedRow, filter: RecallFilter): boolean {
  const { kinds, trusts, sources, since, until } = filter;
  return (
    kinds?.includes(kind) !== false &&
    trusts?.includes(trust) !== false &&
    sources?.some((wanted) => source === wanted || source.split(':')[0] === wanted) !== false &&
    (since === undefined || at >= since) &&
    (until === undefined || at < until)
  );
}

/** A memory that is reached in several ways is closer, and its reason is the nearest of them. */
function rank(reached: readonly ReachedRow[]): Required<Pick<HitList, 'hits' | 'reasons'>> {
  const found = new Map<string, { score: number; nearest: ReachedRow; at: number }>();
  for (const row of reached) {
    const id = `memory:${row.id}`;
    const known = found.get(id);
    const nearest = known !== undefined && known.nearest.nearness >= row.nearness ? known.nearest : row;
    found.set(id, { score: (known?.score ?? 0) + row.nearness, nearest, at: row.created_at.getTime() });
  }
  const ranked = [...found]
    .sort(([, one], [, other]) => other.score - one.score || other.at - one.at)
    .slice(0, maxHits);
  return {
    hits: ranked.map(([id, { score }]) => ({ id, score })),
    reasons: new Map(ranked.map(([id, { nearest }]) => [id, reasonOf(nearest)])),
  };
}

function reasonOf({ seed, via }: ReachedRow): string {
  return via === null ? `mentions ${seed}` : `via ${seed} → ${via}`;
}
