import type { Tx } from '../../lib/store/store.ts';
import type { Candidate } from './candidate.ts';

/**
 * The memories of these ids (`memory:<id>`) that are still there and without secrets, by id, but for those of one event. Long
 * texts are cut.
 */
export async function loadCandidates(
  store: Tx,
  ids: readonly string[],
  exceptEvent?: number,
): Promise<Map<string, Candidate>> {
  const { rows } = await store.query<Candidate>({
    name: 'recall-candidates',
    text: candidatesSql,
    values: [ids.map((id) => Number(id.slice('memory:'.length))), exceptEvent ?? null],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

const candidatesSql = `
  SELECT 'memory:' || id AS id, kind, left(content, 20000) AS content, source, trust, importance, pinned,
         created_at AS "createdAt", last_seen_at AS "lastSeenAt"
    FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND (prepared OR redacted_hash = content_hash)
     AND ($2::bigint IS NULL OR event_id IS DISTINCT FROM $2)`;
