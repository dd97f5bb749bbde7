import type { Store } from '../store.ts';

type Tx = Pick<Store, 'query'>;

/** A wish as lists show it. */
export interface WishRow {
  id: number;
  title: string;
  description: string;
  origin: string;
  state: string;
  reason: string | null;
  summary: string | null;
  has_patch: boolean;
  draft_attempts: number;
  finding_id: number | null;
  created_at: Date;
  decided_at: Date | null;
  drafted_at: Date | null;
  applied_at: Date | null;
}

/** A wish with its draft; at most `maxPatchChars` of the patch. */
export interface WishDraftRow extends WishRow {
  patch: string | null;
  patch_chars: number | null;
  base_commit: string | null;
  test_report: string | null;
}

const maxPatchChars = 1_000_000;

const listed = `id, title, description, origin, state, reason, summary, patch IS NOT NULL AS has_patch, draft_attempts,
  finding_id, created_at, decided_at, drafted_at, applied_at`;

/** The newest wishes, or the newest in one state. */
export async function listWishes(
  store: Tx,
  { state, before, limit }: { state?: string | undefined; before?: number | undefined; limit: number },
): Promise<WishRow[]> {
  const { rows } = await store.query<WishRow>({
    name: 'wishes-list',
    text: `SELECT ${listed} FROM wishlist WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3`,
    values: [state ?? null, before ?? null, limit],
  });
  return rows;
}

/** One wish with its draft, or undefined. */
export async function findWish(store: Tx, id: number): Promise<WishDraftRow | undefined> {
  const { rows } = await store.query<WishDraftRow>({
    name: 'wishes-find',
    text: `SELECT ${listed}, left(patch, ${maxPatchChars}) AS patch, length(patch) AS patch_chars, base_commit,
                  left(test_report, 100000) AS test_report
             FROM wishlist WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Moves a wish from one of `from` to `to`; undefined where it is in another state. A reopened one is undecided again. */
export async function decideWish(
  tx: Tx,
  {
    id,
    from,
    to,
    reason,
    now,
  }: { id: number; from: readonly string[]; to: string; reason: string | null; now: Date },
): Promise<WishRow | undefined> {
  const { rows } = await tx.query<WishRow>({
    name: 'wishes-decide',
    text: `UPDATE wishlist SET state = $3, reason = $4, decided_at = CASE WHEN $3 = 'proposed' THEN NULL ELSE $5::timestamptz END
            WHERE id = $1 AND state = ANY ($2::text[]) RETURNING ${listed}`,
    values: [id, from, to, reason, now],
  });
  return rows[0];
}

/** A wish to be proposed. */
export interface NewWish {
  title: string;
  description: string;
  origin: 'finding' | 'owner';
  findingId?: number | undefined;
  /** The owner's own word, or their acceptance of a finding, needs no second one. */
  approved: boolean;
  now: Date;
}

/** Proposes a wish; undefined where one of the same title is open. */
export async function proposeWish(tx: Tx, wish: NewWish): Promise<WishRow | undefined> {
  const fingerprint = wish.title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const { rows } = await tx.query<WishRow>({
    name: 'wishes-propose-by-owner',
    text: `INSERT INTO wishlist (title, description, fingerprint, origin, finding_id, state, created_at, decided_at)
           VALUES ($1, $2, md5($3), $4, $5, $6, $7, $8)
           ON CONFLICT (fingerprint) WHERE state NOT IN ('rejected', 'applied') DO NOTHING RETURNING ${listed}`,
    values: [
      wish.title,
      wish.description,
      fingerprint,
      wish.origin,
      wish.findingId ?? null,
      wish.approved ? 'approved' : 'proposed',
      wish.now,
      wish.approved ? wish.now : null,
    ],
  });
  return rows[0];
}
