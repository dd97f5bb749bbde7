import { ConflictError, NotFoundError } from '../lib/errors.ts';
import type { Tx } from '../lib/store/store.ts';
import { type Wish, wishColumns } from './rows.ts';
import { stateAfter, type WishMove, type WishState } from './states.ts';
import { recordMove } from './trail.ts';

/** A move that somebody wants. */
export interface MoveRequest {
  id: number;
  move: WishMove;
  /** See `MoveRecord.by`. */
  by: string;
  reason?: string | null | undefined;
  /** For a blocked wish: what the owner has to do. */
  fix?: string | null | undefined;
  /** For an applied one. */
  branch?: string | null | undefined;
  now: Date;
}

/**
 * Moves a wish, and writes it into the wish's trail. The row is locked from the look at its state on, so that of two who decide
 * one wins. Rejects with `NotFoundError` where there is no such wish, and with `ConflictError` where its state does not allow the move.
 */
export async function moveWish(tx: Tx, request: MoveRequest): Promise<Wish> {
  const { id, move, by, reason, now } = request;
  const locked = await tx.query<{ state: WishState; version: number }>({
    name: 'wishes-lock',
    text: 'SELECT state, version FROM wishlist WHERE id = $1 FOR UPDATE',
    values: [id],
  });
  const [before] = locked.rows;
  if (before === undefined) throw new NotFoundError(`there is no wish ${id}`);
  const to = stateAfter(move, before.state);
  if (to === undefined)
    throw new ConflictError(`wish ${id} is ${before.state}: there is nothing to ${verbs[move]}`);
  const version = move === 'begin' ? before.version + 1 : before.version;
  const wish = await updateState(tx, request, { to, version });
  await recordMove(tx, {
    ...{ wishId: id, at: now, by, move, from: before.state, to, reason },
    version: version === 0 ? null : version,
  });
  return wish;
}

/** What one cannot do to a wish in another state, in words. */
const verbs: Readonly<Record<WishMove, string>> = {
  approve: 'approve',
  reject: 'reject',
  reopen: 'reopen',
  redraft: 'redraft',
  begin: 'draft',
  finish: 'finish',
  block: 'block',
  fail: 'fail',
  interrupt: 'interrupt',
  outdate: 'outdate',
  apply: 'apply',
  keep: 'measure',
  break: 'measure',
};

const byOwner: readonly WishMove[] = ['approve', 'reject', 'redraft'];

async function updateState(
  tx: Tx,
  { id, move, reason, fix, branch, now }: MoveRequest,
  { to, version }: { to: WishState; version: number },
): Promise<Wish> {
  const { rows } = await tx.query<Wish>({
    name: 'wishes-move',
    text: `UPDATE wishlist SET state = $2, version = $3, reason = $4, fix = $5,
                  decided_at = CASE WHEN $2 = 'proposed' THEN NULL WHEN $6 THEN $7::timestamptz ELSE coalesce(decided_at, $7) END,
                  drafted_at = CASE WHEN $8 THEN $7 ELSE drafted_at END,
                  applied_at = CASE WHEN $2 = 'applied' THEN $7 ELSE applied_at END,
                  branch = coalesce($9, branch)
            WHERE id = $1 RETURNING ${wishColumns}`,
    values: [
      id,
      to,
      version,
      reason ?? null,
      fix ?? null,
      byOwner.includes(move),
      now,
      move === 'finish',
      branch ?? null,
    ],
  });
  return rows[0] as Wish;
}
