import { NotFoundError } from '../lib/errors.ts';
import type { Tx } from '../lib/store/store.ts';
import { commentsOf, type WishComment } from './comments.ts';
import { type DraftPage, type DraftVersion, findDraft, versionsOf } from './drafts.ts';
import { findWish, type Wish } from './rows.ts';
import { type MoveRecord, trailOf } from './trail.ts';

/** A wish with its drafts, the comments on them, and its trail. */
export interface WishPage extends Wish {
  /** The version that is looked at: the named one, else the newest that is whole, else the newest. */
  shown: DraftPage | null;
  versions: DraftVersion[];
  comments: WishComment[];
  trail: Omit<MoveRecord, 'wishId'>[];
}

/** All about one wish. Rejects with `NotFoundError` where there is none, or none of its drafts has that version. */
export async function wishPage(
  store: Tx,
  { id, version }: { id: number; version?: number | undefined },
): Promise<WishPage> {
  // The wish is read after its versions: whoever sees that none is being drafted sees what became of it.
  const [versions, comments, trail] = await Promise.all([
    versionsOf(store, id),
    commentsOf(store, id),
    trailOf(store, id),
  ]);
  const wish = await findWish(store, id);
  if (wish === undefined) throw new NotFoundError(`there is no wish ${id}`);
  const shown = await findDraft(store, id, version);
  if (shown === undefined && version !== undefined)
    throw new NotFoundError(`wish ${id} has no version ${version}`);
  return { ...wish, shown: shown ?? null, versions, comments, trail };
}
