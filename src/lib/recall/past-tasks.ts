import type { Store } from '../store/store.ts';
import type { HitList } from './candidate.ts';
import { filterSql, filterValues } from './filter-sql.ts';
import { storable } from './full-text.ts';
import type { RecallFilter } from './recall.ts';

const maxQuestionChars = 8_000;
const maxWords = 6;
/** Ranking reads whole prompts and replies, so only the newest matches are ranked. */
const maxRanked = 40;

/**
 * Tasks that succeeded and of which no memory was made, such as those from before memories were made of them, best first by
 * ts_rank over prompt and reply. Only the rarest words of the question count.
 */
export async function searchPastTasks(
  store: Pick<Store, 'query'>,
  { text, limit, filter }: { text: string; limit: number; filter?: RecallFilter },
): Promise<HitList> {
  const list = { retriever: 'past tasks', weight: 1 };
  if (filter?.kinds?.includes('task') === false) return { ...list, hits: [] };
  const { rows } = await store.query<{ id: number; score: number }>({
    name: 'recall-past-tasks',
    text: pastTasksSql,
    values: [storable(text.slice(0, maxQuestionChars)), limit, ...filterValues(filter)],
  });
  return { ...list, hits: rows.map(({ id, score }) => ({ id: `task:${id}`, score })) };
}

const words = `to_tsvector('english', left(prompt, 50000) || ' ' || left(coalesce(reply, ''), 50000))`;

const pastTasksSql = `
  WITH question AS MATERIALIZED (
    SELECT string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery AS words
    FROM (
      SELECT lexeme FROM unnest(to_tsvector('english', $1)) LEFT JOIN memory_lexemes USING (lexeme)
      ORDER BY coalesce(documents, 0), positions[1] LIMIT ${maxWords}
    ) AS rarest
  ), newest AS MATERIALIZED (
    SELECT id, finished_at, prompt, reply, question.words FROM question, tasks
    WHERE state = 'done' AND ${words} @@ question.words
      AND NOT EXISTS (SELECT FROM memory_embeddings AS memory WHERE memory.task_id = tasks.id AND memory.origin = 'task')
      AND ${filterSql(3, { kind: `'task'`, trust: `NULL::text`, source: 'source', at: 'finished_at' })}
    ORDER BY id DESC LIMIT ${maxRanked}
  )
  SELECT id, ts_rank(${words}, words) AS score FROM newest ORDER BY score DESC, finished_at DESC, id DESC LIMIT $2`;
