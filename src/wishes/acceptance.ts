import type { Tx } from '../lib/store/store.ts';
import type { WishOrigin } from './rows.ts';

/** How the wishes of one origin fared. */
export interface Acceptance {
  origin: WishOrigin;
  /** Waits for the owner's first word. */
  open: number;
  accepted: number;
  rejected: number;
  /** Accepted of those that were decided; null while none was. */
  rate: number | null;
  kept: number;
  unkept: number;
}

/** How wishes fared by origin. One whose draft was declined was accepted once: its idea was. */
export async function acceptance(store: Tx): Promise<Acceptance[]> {
  const { rows } = await store.query<Omit<Acceptance, 'rate'>>({
    name: 'wishes-acceptance',
    text: `SELECT origin, count(*) FILTER (WHERE state = 'proposed')::int AS open,
                  count(*) FILTER (WHERE state NOT IN ('proposed', 'rejected'))::int AS accepted,
                  count(*) FILTER (WHERE state = 'rejected')::int AS rejected,
                  count(*) FILTER (WHERE state = 'kept')::int AS kept, count(*) FILTER (WHERE state = 'unkept')::int AS unkept
             FROM wishlist GROUP BY origin ORDER BY origin`,
  });
  return rows.map((row) => {
    const decided = row.accepted + row.rejected;
    return { ...row, rate: decided === 0 ? null : row.accepted / decided };
  });
}
