import type { Store } from '../store/store.ts';
import type { Candidate } from './candidate.ts';
import { type Trust, trustOf } from './trust.ts';

interface CandidateRow {
  origin: 'memory' | 'task';
  id: number;
  kind: string;
  content: string;
  source: string;
  trust: Trust | null;
  importance: number;
  pinned: boolean;
  created_at: Date;
  last_seen_at: Date;
}

/** The memories and tasks of these ids (`memory:<id>`, `task:<id>`) that are still there, by id. Long texts are cut. */
export async function loadCandidates(
  store: Pick<Store, 'query'>,
  ids: readonly string[],
): Promise<Map<string, Candidate>> {
  const { rows } = await store.query<CandidateRow>({
    name: 'recall-candidates',
    text: candidatesSql,
    values: [numbersOf(ids, 'memory'), numbersOf(ids, 'task')],
  });
  return new Map(rows.map((row) => [`${row.origin}:${row.id}`, candidateOf(row)]));
}

function numbersOf(ids: readonly string[], origin: string): number[] {
  return ids.filter((id) => id.startsWith(`${origin}:`)).map((id) => Number(id.slice(origin.length + 1)));
}

const candidatesSql = `
  SELECT 'memory' AS origin, id, kind, left(content, 20000) AS content, source, trust, importance, pinned, created_at, last_seen_at
    FROM memory_embeddings WHERE id = ANY ($1::bigint[])
  UNION ALL
  SELECT 'task', id, 'task', left(prompt, 2000) || E'\\n→ ' || left(coalesce(reply, ''), 4000), source, NULL, 0.5, false,
         finished_at, finished_at
    FROM tasks WHERE id = ANY ($2::bigint[])`;

function candidateOf(row: CandidateRow): Candidate {
  return {
    id: `${row.origin}:${row.id}`,
    kind: row.kind,
    content: row.content,
    source: row.source,
    trust: row.trust ?? trustOf(row.source),
    importance: row.importance,
    pinned: row.pinned,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}
