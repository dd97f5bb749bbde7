import type { Trust } from '../../lib/wire/trust.ts';
import type { Tx } from '../../lib/store/store.ts';

/** Results of tasks of one month, trust and conversation or source. */
export interface ResultGroup {
  /** `2026-03`, by the days of the memories. */
  month: string;
  conversation: string | null;
  source: string;
  trust: Trust;
  ids: number[];
  contents: string[];
  /** The newest of them. */
  at: Date;
}

/** Results of a group that are gathered at once; the rest make a further summary. */
const maxResults = 40;

/** The oldest group of at least two results that ended before, or undefined. Pinned, edited and cut ones are left out. */
export async function oldestResultGroup(store: Tx, before: Date): Promise<ResultGroup | undefined> {
  const { rows } = await store.query<ResultGroup>({
    name: 'memories-oldest-results',
    text: `
      WITH old AS (
        SELECT id, to_char(coalesce(day, (created_at AT TIME ZONE 'UTC')::date), 'YYYY-MM') AS month, conversation,
               CASE WHEN conversation IS NULL THEN source END AS only_source, source, trust, created_at
          FROM memory_embeddings
         WHERE kind = 'task_result' AND origin = 'task' AND prepared AND NOT pinned AND edited_at IS NULL AND document_id IS NULL
           AND created_at < $1
      ), chosen AS (
        SELECT month, conversation, only_source, trust FROM old GROUP BY 1, 2, 3, 4 HAVING count(*) > 1 ORDER BY month LIMIT 1
      ), picked AS (
        SELECT old.* FROM old JOIN chosen ON (old.month, old.trust) = (chosen.month, chosen.trust)
           AND old.conversation IS NOT DISTINCT FROM chosen.conversation AND old.only_source IS NOT DISTINCT FROM chosen.only_source
         ORDER BY old.id LIMIT ${maxResults}
      )
      SELECT min(picked.month) AS month, min(picked.conversation) AS conversation, min(picked.source) AS source, min(picked.trust) AS trust,
             array_agg(picked.id ORDER BY picked.id) AS ids, array_agg(left(memory.content, 2000) ORDER BY picked.id) AS contents,
             max(picked.created_at) AS at
        FROM picked JOIN memory_embeddings AS memory USING (id) HAVING count(*) > 1`,
    values: [before],
  });
  return rows[0];
}

/** Deletes results that a summary has taken the place of; false where one of them has changed or gone meanwhile. */
export async function dropResults(tx: Tx, ids: readonly number[]): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'memories-drop-results',
    text: `DELETE FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND prepared AND NOT pinned AND edited_at IS NULL`,
    values: [ids],
  });
  return rowCount === ids.length;
}
