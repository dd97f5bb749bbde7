import type { Store } from '../store.ts';

type Tx = Pick<Store, 'query'>;

/** A measured observation of the self-watch. */
export interface FindingRow {
  id: number;
  kind: string;
  severity: string;
  summary: string;
  evidence: unknown;
  state: string;
  seen_count: number;
  first_seen_at: Date;
  last_seen_at: Date;
  decided_at: Date | null;
  wish_id: number | null;
}

const listed = `id, kind, severity, summary, evidence, state, seen_count, first_seen_at, last_seen_at, decided_at,
  (SELECT max(wish.id) FROM wishlist wish WHERE wish.finding_id = optimization_findings.id) AS wish_id`;

/** The newest findings, or the newest in one state. */
export async function listFindings(
  store: Tx,
  { state, before, limit }: { state?: string | undefined; before?: number | undefined; limit: number },
): Promise<FindingRow[]> {
  const { rows } = await store.query<FindingRow>({
    name: 'findings-list',
    text: `SELECT ${listed} FROM optimization_findings
            WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    values: [state ?? null, before ?? null, limit],
  });
  return rows;
}

/** One finding, or undefined. */
export async function findFinding(store: Tx, id: number): Promise<FindingRow | undefined> {
  const { rows } = await store.query<FindingRow>({
    name: 'findings-find',
    text: `SELECT ${listed} FROM optimization_findings WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Decides an open finding; undefined where it is not open (any more). */
export async function decideFinding(
  tx: Tx,
  { id, state, now }: { id: number; state: 'accepted' | 'dismissed'; now: Date },
): Promise<FindingRow | undefined> {
  const { rows } = await tx.query<FindingRow>({
    name: 'findings-decide',
    text: `UPDATE optimization_findings SET state = $2, decided_at = $3 WHERE id = $1 AND state = 'open' RETURNING ${listed}`,
    values: [id, state, now],
  });
  return rows[0];
}
