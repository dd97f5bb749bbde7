import { dayName } from '../../lib/local-time.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { Candidate } from './candidate.ts';

/** What stands in the place of a candidate, or says what it replaced; only of those of which one of the two is so. */
export interface Successor extends Omit<Candidate, 'id'> {
  /** The candidate that was found. */
  found: string;
  /** What stands in its place now: itself, or what replaced it in the end. */
  id: string;
  before: string | null;
  beforeAt: Date | null;
}

const maxBeforeChars = 300;
const maxSteps = 20;

/** The successors of the memories of these ids (`memory:<id>`). */
export async function findSuccessors(store: Tx, ids: readonly string[]): Promise<Successor[]> {
  const numbers = ids.map((id) => Number(id.slice('memory:'.length)));
  if (numbers.length === 0) return [];
  return (await store.query<Successor>({ name: 'recall-successors', text: successorsSql, values: [numbers] }))
    .rows;
}

/**
 * The candidates as they stand now, by the ids that were found: where another memory has corrected one, that one is in its
 * place, so that nothing outdated is recalled as current. A memory that replaced another says what it replaced.
 */
export function withSuccessors(
  candidates: ReadonlyMap<string, Candidate>,
  successors: readonly Successor[],
): Map<string, Candidate> {
  const current = new Map(candidates);
  for (const { found, before, beforeAt, ...candidate } of successors) {
    if (!candidates.has(found)) continue;
    const replaced = before === null || beforeAt === null ? '' : `\n${replacedLine(before, beforeAt)}`;
    current.set(found, { ...candidate, content: `${candidate.content}${replaced}` });
  }
  return current;
}

function replacedLine(before: string, at: Date): string {
  const line = before.replace(/\s+/g, ' ').trim();
  const text = line.length <= maxBeforeChars ? line : `${line.slice(0, maxBeforeChars - 1)}…`;
  return `(This replaced what was said on ${dayName(at)}: ${text})`;
}

// Each by its id, behind OFFSET 0: joins, and the newest by their order, are planned as a look at every memory there is, 8 ms of
// 6,000 and 1 ms for each of forty.
const successorsSql = `
  WITH RECURSIVE chain AS (
    SELECT id AS found, id, replaced_by, 0 AS step FROM memory_embeddings
     WHERE id = ANY ($1::bigint[])
    UNION ALL
    SELECT chain.found, next.id, next.replaced_by, chain.step + 1
      FROM chain, LATERAL (SELECT id, replaced_by FROM memory_embeddings WHERE id = chain.replaced_by OFFSET 0) AS next
     WHERE chain.step < ${maxSteps}
  ), ends AS (
    SELECT DISTINCT ON (found) found, id FROM chain ORDER BY found, step DESC
  )
  SELECT 'memory:' || ends.found AS found, 'memory:' || memory.id AS id, memory.kind, left(memory.content, 20000) AS content,
         memory.source, memory.trust, memory.importance, memory.pinned, memory.created_at AS "createdAt",
         memory.last_seen_at AS "lastSeenAt", before.content AS before, before.created_at AS "beforeAt"
    FROM ends, LATERAL (SELECT * FROM memory_embeddings WHERE id = ends.id OFFSET 0) AS memory
    LEFT JOIN LATERAL (
      SELECT content, created_at FROM (SELECT id, content, created_at FROM memory_embeddings WHERE replaced_by = memory.id OFFSET 0) AS every
       ORDER BY created_at DESC, id DESC LIMIT 1
    ) AS before ON true
   WHERE (memory.prepared OR memory.redacted_hash = memory.content_hash) AND (ends.found <> ends.id OR before.content IS NOT NULL)`;
