import type { Store, Tx } from './store.ts';

/**
 * Does for the embedded database the work of autovacuum and the checkpointer, which it lacks: without it dead rows and
 * the write-ahead log grow without limit. Vacuums the tables that autovacuum's own default thresholds pick
 * (https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM), each in a statement of its own so that
 * others get their turn in between, then writes a checkpoint. An HNSW index is left alone: to repair its graph around a
 * thousand dead entries takes 10 s. Searches pass over its dead entries, which go when it is made anew
 * (src/memory/recall/vector-index.ts). Returns the names of the vacuumed tables.
 */
export async function maintain(store: Tx): Promise<string[]> {
  const { rows } = await store.query<{ name: string; has_hnsw: boolean }>({ text: neglectedTablesSql });
  for (const { name, has_hnsw: hasHnsw } of rows) {
    await store.query({ text: `VACUUM (ANALYZE${hasHnsw ? ', INDEX_CLEANUP OFF' : ''}) ${name}` });
  }
  await store.query({ text: 'CHECKPOINT' });
  return rows.map(({ name }) => name);
}

/**
 * Tells the planner of tables that have doubled since it was last told, by a small sample. A statement that was prepared while its
 * table was small keeps the plan for a small one until then: a recall among 70,000 memories took 9 s by such plans, long before
 * `maintain` had its turn. Returns the names of the tables.
 */
export async function analyzeGrown(store: Store): Promise<string[]> {
  const { rows } = await store.query<{ name: string }>({ text: grownTablesSql });
  for (const { name } of rows) {
    await store.transaction(async (tx) => {
      await tx.query({ text: `SET LOCAL default_statistics_target = ${smallSample}` });
      await tx.query({ text: `ANALYZE ${name}` });
    });
  }
  return rows.map(({ name }) => name);
}

/** 300 rows are looked at for each of it. */
const smallSample = 5;
const leastGrown = 500;

const grownTablesSql = `
  SELECT format('%I.%I', s.schemaname, s.relname) AS name
  FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
  WHERE c.relkind = 'r' AND s.n_mod_since_analyze > ${leastGrown} + greatest(c.reltuples, 0)
  ORDER BY name`;

const neglectedTablesSql = `
  SELECT format('%I.%I', s.schemaname, s.relname) AS name, EXISTS (
    SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    WHERE i.indrelid = c.oid AND am.amname = 'hnsw'
  ) AS has_hnsw
  FROM pg_stat_all_tables s
  JOIN pg_class c ON c.oid = s.relid
  WHERE c.relkind IN ('r', 'm') AND (
    s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
    OR s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
    OR age(c.relfrozenxid) > 200000000
  )
  ORDER BY name`;
