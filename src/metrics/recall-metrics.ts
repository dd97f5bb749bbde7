import type { Tx } from '../lib/store/store.ts';
import type { MetricGroup, Period } from './metric.ts';

/** A memory that a task was given, and whether the reply says anything of it that was not asked. */
export interface GivenUse {
  taskId: number;
  category: string;
  memoryId: number;
  used: boolean;
}

/** The most tasks of a period that are looked at: the newest. Texts are compared, which takes a millisecond each. */
const tasksAtMost = 500;
const tasksAtOnce = 50;

/**
 * What became of the memories that done tasks of a period were given. A memory counts as used where the reply has at least one
 * of its telling words: those that stand neither in the question nor in one of ten memories. A memory without telling words is
 * left out. This is what texts can tell; an agent that used a memory in silence is not seen.
 */
export async function readGivenUses(store: Tx, { from, to }: Period): Promise<GivenUse[]> {
  const { rows: tasks } = await store.query<{ id: number }>({
    name: 'metrics-recalls-tasks',
    text: `SELECT id FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND state = 'done' AND reply IS NOT NULL
              AND jsonb_typeof(memories) = 'array' AND jsonb_array_length(memories) > 0
            ORDER BY finished_at DESC LIMIT ${tasksAtMost}`,
    values: [from, to],
  });
  const uses: GivenUse[] = [];
  for (let at = 0; at < tasks.length; at += tasksAtOnce) {
    const ids = tasks.slice(at, at + tasksAtOnce).map(({ id }) => id);
    const { rows } = await store.query<GivenUse>({ name: 'metrics-recalls', text: usesSql, values: [ids] });
    uses.push(...rows);
  }
  return uses;
}

const usesSql = `
  WITH answered AS MATERIALIZED (
    SELECT id, category, memories, tsvector_to_array(memory_terms(reply)) AS said,
           tsvector_to_array(memory_terms(prompt)) AS asked
      FROM tasks WHERE id = ANY ($1::bigint[])),
  given AS (
    SELECT DISTINCT answered.id AS task_id, substr(memory->>'id', 8)::bigint AS memory_id
      FROM answered, jsonb_array_elements(answered.memories) AS memory
     WHERE memory->>'id' ~ '^memory:[1-9][0-9]{0,17}$'),
  telling AS (
    SELECT given.task_id, given.memory_id, array_agg(word) AS words
      FROM given JOIN memory_embeddings AS memory ON memory.id = given.memory_id
      JOIN answered ON answered.id = given.task_id
     CROSS JOIN LATERAL unnest(tsvector_to_array(memory.search)) AS word
      LEFT JOIN memory_lexemes AS known ON known.lexeme = word
     WHERE word <> ALL (answered.asked) AND word !~ '^day[0-9]'
       AND coalesce(known.documents, 0) <= greatest(3, (SELECT documents FROM memory_corpus) / 10)
     GROUP BY given.task_id, given.memory_id)
  SELECT telling.task_id AS "taskId", answered.category, telling.memory_id AS "memoryId", telling.words && answered.said AS used
    FROM telling JOIN answered ON answered.id = telling.task_id`;

/** How far what was recalled was of use. */
export const recallMetrics: MetricGroup = {
  name: 'recalls',
  by: 'category',
  metrics: {
    'recall.usedShare': {
      unit: 'share',
      better: 'higher',
      says: 'memories of which something shows in the reply, of those that tasks were given',
    },
  },
  async read(store, period) {
    const uses = await readGivenUses(store, period);
    const subjects = new Set(uses.map(({ category }) => category));
    return [null, ...subjects].flatMap((subject) => {
      const those = uses.filter(({ category }) => subject === null || category === subject);
      const used = those.filter((one) => one.used).length;
      return those.length === 0
        ? []
        : [{ subject, samples: those.length, 'recall.usedShare': used / those.length }];
    });
  },
};
