import type { Tx } from '../lib/store/store.ts';
import type { WishState } from './states.ts';

/** The wish that was made of a finding at this instant; undefined where one of its title was open, and none was made. */
export async function wishMadeOf(
  tx: Tx,
  { findingId, at }: { findingId: number; at: Date },
): Promise<{ id: number; state: WishState } | undefined> {
  const { rows } = await tx.query<{ id: number; state: WishState }>({
    name: 'wishes-made-of-finding',
    text: 'SELECT id, state FROM wishlist WHERE finding_id = $1 AND created_at = $2 FOR UPDATE',
    values: [findingId, at],
  });
  return rows[0];
}

/** Takes a wish out with its trail, as if it had never been proposed; false where something was done about it already. */
export async function withdrawWish(tx: Tx, id: number): Promise<boolean> {
  const { rows } = await tx.query({
    name: 'wishes-withdraw',
    text: `DELETE FROM wishlist
            WHERE id = $1 AND state = 'proposed' AND version = 0
              AND NOT EXISTS (SELECT FROM wish_moves WHERE wish_id = $1 AND move <> 'propose') RETURNING id`,
    values: [id],
  });
  return rows.length > 0;
}
