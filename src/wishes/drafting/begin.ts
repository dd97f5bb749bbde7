import type { DraftRequest } from '../../drafter/draft.ts';
import { ConflictError, NotFoundError } from '../../lib/errors.ts';
import type { Tx } from '../../lib/store/store.ts';
import { beginVersion } from '../drafts.ts';
import { moveWish } from '../move.ts';
import { findWish, type Wish } from '../rows.ts';
import { prepareRequest } from './request.ts';

/** A version that is begun. */
export interface BegunDraft {
  request: DraftRequest;
  /** The comments that it answers. */
  commentIds: number[];
}

/** The owner has said yes to these before, so that a draft of theirs may be wanted again. */
const againstDrafted: Readonly<Partial<Record<Wish['state'], 'approve' | 'redraft'>>> = {
  blocked: 'approve',
  failed: 'approve',
  stale: 'approve',
  drafted: 'redraft',
};

/**
 * Moves a wish to `drafting` and begins a version. Of the owner's own accord also one that failed, was blocked or has become
 * stale, and a drafted one with open comments. Rejects with `ConflictError` where it is not approved, or another is being drafted.
 */
export async function beginDraft(
  tx: Tx,
  {
    id,
    by,
    budgetUsd,
    worker,
    now,
  }: { id: number; by: string; budgetUsd: number; worker: string; now: Date },
): Promise<BegunDraft> {
  const wish = await findWish(tx, id);
  if (wish === undefined) throw new NotFoundError(`there is no wish ${id}`);
  const again = by === 'night' ? undefined : againstDrafted[wish.state];
  if (again === 'redraft' && wish.openComments === 0)
    throw new ConflictError(
      `wish ${id} is drafted: comment on its lines, and the next version is drafted with that`,
    );
  if (wish.state === 'proposed' || wish.state === 'rejected' || wish.state === 'declined')
    throw new ConflictError(`wish ${id} is ${wish.state}: approve it first`);
  if (again !== undefined) await moveWish(tx, { id, move: again, by, now });
  const moved = await moveWish(tx, { id, move: 'begin', by: by === 'night' ? 'drafter' : by, now }).catch(
    refuseSecond,
  );
  await beginVersion(tx, { wishId: id, version: moved.version, worker, by, now });
  return prepareRequest(tx, moved, { budgetUsd });
}

function refuseSecond(thrown: unknown): never {
  const { constraint } = thrown as { constraint?: unknown };
  if (constraint !== 'wishlist_one_drafting') throw thrown;
  throw new ConflictError('another wish is being drafted, and one is drafted at a time');
}
