import type { Tx } from '../../lib/store/store.ts';
import type { AskedTime } from './asked-time.ts';
import type { Hit, HitList } from './candidate.ts';
import { filterSql, filterValues, memoryColumns } from './filter-sql.ts';
import { searchFullText } from './full-text.ts';
import type { RecallFilter } from './recall.ts';

export interface InTimeQuery {
  asked: AskedTime;
  limit: number;
  filter?: RecallFilter | undefined;
}

/** What a question with a time finds besides: its words in that time, and the newest memories of it. */
export interface InTimeHits {
  words: readonly Hit[];
  /** All hits of that time, each as close as the other. */
  time: HitList;
}

const newest = 20;
/** Beside 1 for all words of a question; less where it may ask about what holds now, or is yet to come. */
const timeWeight = 0.3;
const weightOfNow = 0.05;

/** Searches within the time that a question asks about, so that many other memories with its words do not hide what is there. */
export async function searchInTime(
  store: Tx,
  { asked, limit, filter = {} }: InTimeQuery,
): Promise<InTimeHits> {
  const within = {
    ...filter,
    since: later(filter.since, asked.from),
    until: earlier(filter.until, asked.until),
  };
  const [{ words }, latest] = await Promise.all([
    searchFullText(store, { text: asked.rest, limit, filter: within }),
    newestIn(store, within),
  ]);
  const ids = new Set([...words.hits.map(({ id }) => id), ...latest]);
  return {
    words: words.hits,
    time: {
      retriever: 'time',
      weight: asked.looksBack ? timeWeight : weightOfNow,
      hits: [...ids].map((id) => ({ id, score: 1, share: 1 })),
    },
  };
}

/** Hits of two searches by one measure, best first, each memory once. */
export function mergeHits(list: HitList, more: readonly Hit[]): HitList {
  const known = new Set(list.hits.map(({ id }) => id));
  const hits = [...list.hits, ...more.filter(({ id }) => !known.has(id))];
  return { ...list, hits: hits.sort((a, b) => b.score - a.score) };
}

async function newestIn(store: Tx, filter: RecallFilter & { since: Date; until: Date }): Promise<string[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'recall-newest-in-time',
    text: `SELECT id FROM memory_embeddings AS memory
            WHERE (prepared OR redacted_hash = content_hash) AND replaced_by IS NULL AND ${filterSql(2, memoryColumns('memory'))}
              -- A second time without its null: else the index is read from the newest memory on.
              AND created_at >= $5::timestamptz AND created_at < $6::timestamptz
            ORDER BY created_at DESC LIMIT $1`,
    values: [newest, ...filterValues(filter)],
  });
  return rows.map(({ id }) => `memory:${id}`);
}

function later(one: Date | undefined, other: Date): Date {
  return one !== undefined && one > other ? one : other;
}

function earlier(one: Date | undefined, other: Date): Date {
  return one !== undefined && one < other ? one : other;
}
