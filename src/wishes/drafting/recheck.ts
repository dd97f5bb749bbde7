import type { Draftsman } from '../../drafter/draft.ts';
import { ConflictError, messageOf, NotFoundError } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import { findDraft } from '../drafts.ts';
import { moveWish } from '../move.ts';
import { findWish, type Wish } from '../rows.ts';

export interface RecheckDeps {
  store: Store;
  draftsman: Pick<Draftsman, 'stillApplies'>;
  now: () => Date;
}

/** Whether a draft still fits its repository. */
export interface Recheck {
  wish: Wish;
  /** `unknown` where nobody could tell. */
  outcome: 'applies' | 'stale' | 'unknown';
  reason: string | null;
}

/**
 * Looks whether a drafted wish still applies to the tip of its repository; where it does not, the wish is stale. Rejects with
 * `NotFoundError` or `ConflictError` where it has no draft to be applied.
 */
export async function recheckDraft(
  { store, draftsman, now }: RecheckDeps,
  { id, by }: { id: number; by: string },
): Promise<Recheck> {
  const wish = await findWish(store, id);
  if (wish === undefined) throw new NotFoundError(`there is no wish ${id}`);
  if (wish.state !== 'drafted')
    throw new ConflictError(`wish ${id} is ${wish.state}: it has no draft to be applied`);
  const draft = await findDraft(store, id);
  if (draft?.state !== 'drafted' || draft.patch === null || draft.base === null)
    throw new NotFoundError(`wish ${id} has no draft`);
  // Drafts of before the time when the repository was kept.
  if (draft.repository === null)
    return { wish, outcome: 'unknown', reason: 'nobody kept what it was drafted from' };
  const found = await lookAt(draftsman, draft.repository, draft.base, draft.patch);
  if (found.kind !== 'stale')
    return { wish, outcome: found.kind, reason: found.kind === 'unknown' ? found.reason : null };
  const moved = await store.transaction((tx) =>
    moveWish(tx, { id, move: 'outdate', by, reason: found.reason, now: now() }),
  );
  return { wish: moved, outcome: 'stale', reason: found.reason };
}

type Found = { kind: 'applies' } | { kind: 'stale'; reason: string } | { kind: 'unknown'; reason: string };

async function lookAt(
  draftsman: Pick<Draftsman, 'stillApplies'>,
  ...of: Parameters<Draftsman['stillApplies']>
): Promise<Found> {
  try {
    return await draftsman.stillApplies(...of);
  } catch (thrown) {
    return { kind: 'unknown', reason: messageOf(thrown) };
  }
}

/** Looks at all drafted wishes; resolves to those that have become stale. */
export async function recheckAll(deps: RecheckDeps): Promise<Wish[]> {
  const { rows } = await deps.store.query<{ id: number }>({
    name: 'wishes-drafted',
    text: `SELECT id FROM wishlist WHERE state = 'drafted' ORDER BY id LIMIT 200`,
  });
  const stale: Wish[] = [];
  for (const { id } of rows) {
    // One that was decided meanwhile needs no look.
    const found = await recheckDraft(deps, { id, by: 'drafter' }).catch((thrown: unknown) => {
      if (thrown instanceof ConflictError) return undefined;
      throw thrown;
    });
    if (found?.outcome === 'stale') stale.push(found.wish);
  }
  return stale;
}
