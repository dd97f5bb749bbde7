import type { Statement, Tx } from '../../lib/store/store.ts';
import { bestScore, type Matching, type Scored, scoreByBm25, type WeighedTerms } from './bm25.ts';
import type { Hit, HitList } from './candidate.ts';
import { filterSql, filterValues, memoryColumns } from './filter-sql.ts';
import type { RecallFilter } from './recall.ts';
import { spellDays } from './spell-days.ts';

export interface FullTextQuery {
  text: string;
  /** At most so many hits, up to 200. */
  limit: number;
  filter?: RecallFilter;
  /**
   * At most about so many memories are looked at, those with the rarest words of the question; the rest of its words only
   * add to their scores. This keeps a question of common words from reading everything.
   */
  maxMatches?: number;
}

/** A question is read up to here; past it, more words find nothing better. */
const maxQuestionChars = 8_000;
const maxTerms = 64;
/** Found with bench:recall. */
const codeWeight = 0.2;
/** Part of a question from which on its codes count in full: one that is a word among forty says little about it. */
const fullCodes = 1 / 3;
const defaultMaxMatches = 600;

/** One row has the terms of the question, each other one a memory. */
type Row = ({ id: null } & WeighedTerms) | Matching;

/** The hits by BM25, and by it those that share a code, a number or a day with the question, which are seldom chance. */
export interface FullTextHits {
  words: HitList;
  codes: HitList;
  /** Words of the question that some memory has. */
  known: number;
}

/**
 * Memories by BM25 over their lexemes, best first. Words are OR-ed; a word that no memory has stands for the up to three
 * most alike ones (trigrams), each with less weight; codes and days match in any spelling (see memory_codes in sql/).
 * The length of a memory is the number of its different lexemes. Statistics may be seconds old (see fold-statistics.ts).
 * Source of the formula: Robertson and Zaragoza 2009, "The probabilistic relevance framework: BM25 and beyond", with the
 * idf of Lucene, which is never negative; of k3: Robertson and Walker 1999, "Okapi/Keenbow at TREC-8"; of the bound on matches: Manning et al., Introduction to Information Retrieval, 7.1.2.
 */
export async function searchFullText(store: Tx, query: FullTextQuery): Promise<FullTextHits> {
  const text = spellDays(storable(query.text.slice(0, maxQuestionChars)));
  const rows = text.trim() === '' ? [] : (await store.query<Row>(bm25Statement({ ...query, text }))).rows;
  const terms = rows.find((row) => row.id === null);
  const matching = rows.filter((row) => row.id !== null);
  const hits = terms === undefined ? [] : scoreByBm25(matching, terms).slice(0, query.limit);
  const best = terms === undefined ? 1 : bestScore(terms);
  return {
    words: {
      retriever: 'full text',
      weight: 1,
      hits: hits.map((hit) => ({ ...hitOf(hit), share: hit.score / best })),
      reasons: new Map(hits.map(({ id, words }) => [`memory:${id}`, words.join(', ')])),
    },
    codes: {
      retriever: 'codes and days',
      weight: codeWeight,
      hits: hits
        .filter(({ codes }) => codes > 0)
        .map((hit) => ({ ...hitOf(hit), share: Math.min(1, hit.codes / fullCodes) })),
    },
    known: terms?.known ?? 0,
  };
}

function hitOf({ id, score }: Pick<Scored, 'id' | 'score'>): Hit {
  return { id: `memory:${id}`, score };
}

/** The text as Postgres can take it: without NUL. Halves of characters become U+FFFD on the way. */
export function storable(text: string): string {
  return text.replaceAll('\0', ' ');
}

function bm25Statement({ text, filter, maxMatches = defaultMaxMatches }: FullTextQuery): Statement {
  return {
    name: 'recall-full-text',
    text: bm25Sql,
    values: [text, maxTerms, maxMatches, ...filterValues(filter)],
  };
}

/** Any other memory may still hold secrets. */
const mayBeRecalled = `(memory.prepared OR memory.redacted_hash = memory.content_hash) AND ${filterSql(4, memoryColumns('memory'))}`;
/** Matches of the two rarest common words that are looked at, newest first, and those that are scored exactly. */
const maxPairMatches = 500;
const maxScored = 200;
/** Words that the rough score of a match is the sum of, the rarest ones: 33 of them took a millisecond for 50 matches. */
const maxRoughTerms = 24;
const maxUnknownTerms = 6;
/** From how often a word is in the question its weight grows, up to eight times; k3 of the formula, as Okapi had it for long questions. */
const askedSaturation = 7;
const maxAlike = 3;
const minSimilarity = 0.45;

/*
 * asked → terms: the question's lexemes with their document frequencies and weights. arms: three tsqueries that together
 * match a bounded number of memories. roughly: their sum of idf by length, by which `maxScored` go on to the exact formula (see bm25.ts).
 */
const bm25Sql = `
  WITH corpus AS MATERIALIZED (
    SELECT greatest(documents, 1)::float AS documents, greatest(lexemes::float / greatest(documents, 1), 1) AS mean_length
    FROM memory_corpus
  ), codes AS MATERIALIZED (
    SELECT memory_codes($1) AS lexemes
  ), asked AS MATERIALIZED (
    SELECT asked.lexeme, coalesce(known.documents, 0) AS documents, coalesce(cardinality(asked.positions), 1) AS times
    FROM unnest(memory_question($1)) AS asked
    LEFT JOIN memory_lexemes AS known USING (lexeme)
    -- A word as it stands that no memory has adds nothing to its stem.
    WHERE known.documents > 0
      OR asked.lexeme = ANY ((SELECT tsvector_to_array(to_tsvector('english', $1)))::text[])
      OR NOT asked.lexeme = ANY ((SELECT tsvector_to_array(to_tsvector('simple', $1)))::text[])
    -- Of more words the first ones, and as many of those without a place: codes, and pairs of characters, the rarest of them.
    ORDER BY row_number() OVER (PARTITION BY asked.positions IS NULL ORDER BY asked.positions[1], known.documents) LIMIT $2
  ), alike AS MATERIALIZED (
    SELECT alike.lexeme, alike.documents, alike.similarity
    FROM (SELECT lexeme FROM asked WHERE documents = 0 AND lexeme ~ '^[[:alpha:]]{4,40}$' LIMIT ${maxUnknownTerms}) AS unknown,
    LATERAL (
      SELECT lexeme, documents, similarity(lexeme, unknown.lexeme) AS similarity FROM memory_lexemes
      WHERE lexeme % unknown.lexeme AND documents > 0 AND similarity(lexeme, unknown.lexeme) >= ${minSimilarity}
      ORDER BY similarity(lexeme, unknown.lexeme) DESC, lexeme LIMIT ${maxAlike}
    ) AS alike
  ), weighed AS (
    SELECT lexeme, max(documents) AS documents, max(share) AS share FROM (
      SELECT lexeme, documents, ${askedSaturation + 1}::float * times / (${askedSaturation} + times) AS share FROM asked
      UNION ALL SELECT lexeme, documents, similarity FROM alike
    ) AS every GROUP BY lexeme
  ), terms AS MATERIALIZED (
    SELECT lexeme,
           ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery AS query,
           share * ln(1 + (greatest(corpus.documents - weighed.documents, 0) + 0.5) / (weighed.documents + 0.5)) AS weight,
           sum(weighed.documents) OVER rarity AS matches,
           row_number() OVER rarity AS rarity, lexeme = ANY (codes.lexemes) AS is_code
    FROM weighed, corpus, codes
    WINDOW rarity AS (ORDER BY weighed.documents, lexeme ROWS UNBOUNDED PRECEDING)
  ), arms AS MATERIALIZED (
    SELECT string_agg(query::text, ' | ') FILTER (WHERE matches <= $3)::tsquery AS rare,
           string_agg(query::text, ' & ') FILTER (WHERE common BETWEEN 1 AND 2)::tsquery AS pair,
           string_agg(query::text, '') FILTER (WHERE matches > $3 AND rarity = 1)::tsquery AS single
    FROM (SELECT *, rarity - count(*) FILTER (WHERE matches <= $3) OVER () AS common FROM terms) AS counted
  ), matching AS MATERIALIZED (
    -- Behind OFFSET 0 each is found by the index of words: for the newest of them all memories were looked at, from the newest on.
    (SELECT * FROM (
      SELECT memory.id, memory.search FROM arms, memory_embeddings AS memory
      WHERE memory.search @@ arms.rare AND ${mayBeRecalled} OFFSET 0
    ) AS rare ORDER BY id DESC LIMIT $3)
    UNION ALL
    (SELECT * FROM (
      SELECT memory.id, memory.search FROM arms, memory_embeddings AS memory
      WHERE memory.search @@ arms.pair AND (memory.search @@ arms.rare) IS NOT TRUE AND ${mayBeRecalled} OFFSET 0
    ) AS pairs ORDER BY id DESC LIMIT ${maxPairMatches})
    UNION ALL
    (SELECT * FROM (
      SELECT memory.id, memory.search FROM arms, memory_embeddings AS memory
      WHERE memory.search @@ arms.single AND (memory.search @@ arms.rare) IS NOT TRUE AND (memory.search @@ arms.pair) IS NOT TRUE
        AND ${mayBeRecalled} OFFSET 0
    ) AS singles ORDER BY id DESC LIMIT ${maxPairMatches})
  ), telling AS MATERIALIZED (
    SELECT query, weight FROM terms ORDER BY rarity LIMIT ${maxRoughTerms}
  ), roughly AS MATERIALIZED (
    SELECT matching.id, matching.search,
           (SELECT sum(weight) FROM telling WHERE matching.search @@ telling.query)
             / (0.5 + 0.5 * length(matching.search) / corpus.mean_length) AS score
    FROM matching, corpus
    ORDER BY score DESC NULLS LAST, matching.id DESC LIMIT ${maxScored}
  )
  SELECT NULL::bigint AS id, NULL AS search, array_agg(lexeme) AS lexemes, array_agg(weight) AS weights, array_agg(is_code) AS are_codes,
         (SELECT mean_length FROM corpus) AS mean_length, (SELECT count(*) FILTER (WHERE documents > 0) FROM asked)::int AS known
    FROM terms HAVING count(*) > 0
  UNION ALL
  SELECT id, search::text, NULL, NULL, NULL, NULL, NULL FROM roughly`;
