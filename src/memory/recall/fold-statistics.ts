import type { Tx } from '../../lib/store/store.ts';

export interface FoldOptions {
  /** Changes a statement; 50 take the embedded database about 8 ms. */
  batch?: number;
  signal: AbortSignal;
}

/** Any number that no other advisory lock of ours uses. */
const foldLock = 7_717_004;

/**
 * Counts the words of memories that came, changed or went since the last time, in statements that are short enough for
 * others to get their turn in between, until none is left. Resolves to how many changes were counted; 0 too where
 * another daemon on the same database is at it. A crash loses nothing: the changes that were not counted are still
 * there.
 */
export async function foldStatistics(store: Tx, { batch = 50, signal }: FoldOptions): Promise<number> {
  let folded = 0;
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await store.query<{ folded: number }>({
      name: 'recall-fold-statistics',
      text: foldSql,
      values: [foldLock, batch],
    });
    const count = rows[0]?.folded ?? 0;
    folded += count;
    if (count < batch) return folded;
  }
}

const foldSql = `
  WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1) AS mine),
  taken AS (
    DELETE FROM memory_text_changes
    WHERE (SELECT mine FROM turn) AND id IN (SELECT id FROM memory_text_changes ORDER BY id LIMIT $2)
    RETURNING search, delta
  ), counts AS (
    SELECT lexeme, sum(delta) AS delta FROM taken, unnest(search) GROUP BY lexeme HAVING sum(delta) <> 0
  ), counted AS (
    INSERT INTO memory_lexemes (lexeme, documents)
    SELECT lexeme, delta FROM counts ORDER BY lexeme
    ON CONFLICT (lexeme) DO UPDATE SET documents = greatest(0, memory_lexemes.documents + excluded.documents)
  ), corpus AS (
    UPDATE memory_corpus SET
      documents = greatest(0, documents + (SELECT coalesce(sum(delta), 0) FROM taken)),
      lexemes = greatest(0, lexemes + (SELECT coalesce(sum(delta * length(search)), 0) FROM taken))
    WHERE EXISTS (SELECT FROM taken)
  )
  SELECT count(*)::int AS folded FROM taken`;
