import type { Store } from '../store/store.ts';
import type { Candidate } from './candidate.ts';
import type { Trust } from './trust.ts';

interface CandidateRow {
  id: number;
  kind: string;
  content: string;
  source: string;
  trust: Trust;
  importance: number;
  pinned: boolean;
  created_at: Date;
  last_seen_at: Date;
}

/** The memories of these ids (`memory:<id>`) that are still there and prepared, by id. Long texts are cut. */
export async function loadCandidates(
  store: Pick<Store, 'query'>,
  ids: readonly string[],
): Promise<Map<string, Candidate>> {
  const { rows } = await store.query<CandidateRow>({
    name: 'recall-candidates',
    text: candidatesSql,
    values: [numbersOf(ids)],
  });
  return new Map(rows.map((row) => [`memory:${row.id}`, candidateOf(row)]));
}

function numbersOf(ids: readonly string[]): number[] {
  return ids.filter((id) => id.startsWith('memory:')).map((id) => Number(id.slice('memory:'.length)));
}

const candidatesSql = `
  SELECT id, kind, left(content, 20000) AS content, source, trust, importance, pinned, created_at, last_seen_at
    FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND prepared`;

function candidateOf(row: CandidateRow): Candidate {
  return {
    id: `memory:${row.id}`,
    kind: row.kind,
    content: row.content,
    source: row.source,
    trust: row.trust,
    importance: row.importance,
    pinned: row.pinned,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}
