import type { Statement, Tx } from '../../lib/store/store.ts';
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
const defaultMaxMatches = 3_000;

interface HitRow {
  id: number;
  score: number;
  words: string[];
  has_code: boolean;
  /** Score of a memory that says nothing but the words of the question, each of them without end. */
  best: number;
}

/** The hits by BM25, and by it those that share a code, a number or a day with the question, which are seldom chance. */
export interface FullTextHits {
  words: HitList;
  codes: HitList;
}

/**
 * Memories by BM25 over their lexemes, best first. Words are OR-ed; a word that no memory has stands for the up to three
 * most alike ones (trigrams), each with less weight; codes and days match in any spelling (see memory_codes in sql/).
 * The length of a memory is the number of its different lexemes. Statistics may be seconds old (see fold-statistics.ts).
 * Source of the formula: Robertson and Zaragoza 2009, "The probabilistic relevance framework: BM25 and beyond", with the
 * idf of Lucene, which is never negative; of the bound on matches: Manning et al., Introduction to Information Retrieval, 7.1.2.
 */
export async function searchFullText(store: Tx, query: FullTextQuery): Promise<FullTextHits> {
  const text = spellDays(storable(query.text.slice(0, maxQuestionChars)));
  const rows = text.trim() === '' ? [] : (await store.query<HitRow>(bm25Statement({ ...query, text }))).rows;
  return {
    words: {
      retriever: 'full text',
      weight: 1,
      hits: rows.map((row) => ({ ...hitOf(row), share: row.score / row.best })),
      reasons: new Map(rows.map(({ id, words }) => [`memory:${id}`, words.join(', ')])),
    },
    codes: {
      retriever: 'codes and days',
      weight: codeWeight,
      hits: rows.filter((row) => row.has_code).map((row) => ({ ...hitOf(row), share: 1 })),
    },
  };
}

function hitOf({ id, score }: HitRow): Hit {
  return { id: `memory:${id}`, score };
}

/** The text as Postgres can take it: without NUL. Halves of characters become U+FFFD on the way. */
export function storable(text: string): string {
  return text.replaceAll('\0', ' ');
}

function bm25Statement({ text, limit, filter, maxMatches = defaultMaxMatches }: FullTextQuery): Statement {
  return {
    name: 'recall-full-text',
    text: bm25Sql,
    values: [text, maxTerms, limit, maxMatches, ...filterValues(filter)],
  };
}

/** Any other memory may still hold secrets. */
const mayBeRecalled = `(memory.prepared OR memory.redacted_hash = memory.content_hash) AND ${filterSql(5, memoryColumns('memory'))}`;
/** Matches of the two rarest common words that are looked at, newest first, and those that are scored exactly. */
const maxPairMatches = 500;
const maxScored = 200;
const maxUnknownTerms = 6;
const maxAlike = 3;
const minSimilarity = 0.45;

/*
 * asked → terms: the question's lexemes with their document frequencies and weights. arms: three tsqueries that together
 * match a bounded number of memories. roughly: their sum of idf by length, by which `maxScored` go on to the exact formula.
 */
const bm25Sql = `
  WITH corpus AS MATERIALIZED (
    SELECT greatest(documents, 1)::float AS documents, greatest(lexemes::float / greatest(documents, 1), 1) AS mean_length
    FROM memory_corpus
  ), asked AS MATERIALIZED (
    SELECT asked.lexeme, coalesce(known.documents, 0) AS documents
    FROM (SELECT lexeme FROM unnest(memory_question($1)) ORDER BY positions[1] LIMIT $2) AS asked
    LEFT JOIN memory_lexemes AS known USING (lexeme)
    -- A word as it stands that no memory has adds nothing to its stem.
    WHERE known.documents > 0 OR asked.lexeme = ANY (tsvector_to_array(to_tsvector('english', $1))) OR NOT asked.lexeme = ANY (tsvector_to_array(to_tsvector('simple', $1)))
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
      SELECT lexeme, documents, 1::float AS share FROM asked
      UNION ALL SELECT lexeme, documents, similarity FROM alike
    ) AS every GROUP BY lexeme
  ), terms AS MATERIALIZED (
    SELECT lexeme,
           ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery AS query,
           share * ln(1 + (greatest(corpus.documents - weighed.documents, 0) + 0.5) / (weighed.documents + 0.5)) AS weight,
           sum(weighed.documents) OVER rarity AS matches,
           row_number() OVER rarity AS rarity, lexeme = ANY (codes.lexemes) AS is_code
    FROM weighed, corpus, (SELECT memory_codes($1) AS lexemes) AS codes
    WINDOW rarity AS (ORDER BY weighed.documents, lexeme ROWS UNBOUNDED PRECEDING)
  ), arms AS MATERIALIZED (
    SELECT string_agg(query::text, ' | ') FILTER (WHERE matches <= $4)::tsquery AS rare,
           string_agg(query::text, ' & ') FILTER (WHERE common BETWEEN 1 AND 2)::tsquery AS pair,
           string_agg(query::text, '') FILTER (WHERE matches > $4 AND rarity = 1)::tsquery AS single
    FROM (SELECT *, rarity - count(*) FILTER (WHERE matches <= $4) OVER () AS common FROM terms) AS counted
  ), matching AS MATERIALIZED (
    (SELECT memory.id FROM arms, memory_embeddings AS memory
      WHERE memory.search @@ arms.rare AND ${mayBeRecalled} ORDER BY memory.id DESC LIMIT $4)
    UNION
    (SELECT memory.id FROM arms, memory_embeddings AS memory
      WHERE memory.search @@ arms.pair AND ${mayBeRecalled} ORDER BY memory.id DESC LIMIT ${maxPairMatches})
    UNION
    (SELECT memory.id FROM arms, memory_embeddings AS memory
      WHERE memory.search @@ arms.single AND ${mayBeRecalled} ORDER BY memory.id DESC LIMIT ${maxPairMatches})
  ), roughly AS MATERIALIZED (
    SELECT memory.id, memory.search,
           (SELECT sum(weight) FROM terms WHERE memory.search @@ terms.query)
             / (0.5 + 0.5 * length(memory.search) / corpus.mean_length) AS score
    FROM matching JOIN memory_embeddings AS memory USING (id), corpus
    ORDER BY score DESC, memory.id DESC LIMIT ${maxScored}
  ), lexemes AS (
    SELECT roughly.id, lexeme, coalesce(cardinality(positions), 1)::float AS tf,
           1.2 * (0.25 + 0.75 * length(roughly.search) / corpus.mean_length) AS saturation
    FROM roughly, corpus, unnest(roughly.search)
  )
  SELECT lexemes.id, sum(terms.weight * lexemes.tf * 2.2 / (lexemes.tf + lexemes.saturation)) AS score,
         array_agg(lexeme ORDER BY terms.weight DESC) AS words, bool_or(terms.is_code) AS has_code,
         (SELECT 2.2 * sum(weight) FROM terms) AS best
  FROM lexemes JOIN terms USING (lexeme)
  GROUP BY lexemes.id ORDER BY score DESC, lexemes.id DESC LIMIT $3`;
