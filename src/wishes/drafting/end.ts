import type { DraftOutcome } from '../../drafter/draft.ts';
import type { Tx } from '../../lib/store/store.ts';
import { answerComments } from '../comments.ts';
import { countCutOff, cutOff, endVersion, leftDrafts } from '../drafts.ts';
import { moveWish } from '../move.ts';
import { findWish, type Wish } from '../rows.ts';
import type { BegunDraft } from './begin.ts';

/** How often a wish is taken up again that was being drafted when the daemon ended. */
const mostCutOff = 3;

/**
 * Writes down how a version ended. A wish that was rejected meanwhile stays rejected, whatever came of the draft; its version
 * is kept all the same.
 */
export async function endDraft(
  tx: Tx,
  { request: { wishId, version }, commentIds }: BegunDraft,
  { outcome, now }: { outcome: DraftOutcome; now: Date },
): Promise<Wish> {
  const isOpen = await lockOpen(tx, wishId, version);
  await endVersion(tx, { wishId, version, outcome, now });
  if (outcome.kind === 'drafted') await answerComments(tx, { ids: commentIds, version });
  if (!isOpen) return (await findWish(tx, wishId)) as Wish;
  const move = { id: wishId, by: 'drafter', now };
  if (outcome.kind === 'drafted') return moveWish(tx, { ...move, move: 'finish' });
  if (outcome.kind === 'failed') return moveWish(tx, { ...move, move: 'fail', reason: outcome.reason });
  return moveWish(tx, { ...move, move: 'block', reason: outcome.reason, fix: outcome.fix });
}

/** Puts a wish back whose drafting ended with the daemon; after three times it has failed. */
export async function interruptDraft(
  tx: Tx,
  { request: { wishId, version } }: Pick<BegunDraft, 'request'>,
  now: Date,
): Promise<Wish> {
  return cut(tx, { wishId, version }, now);
}

/** Settles the drafts that a former life of this daemon has left open. Resolves to whether there were any. */
export async function settleLeft(tx: Tx, { worker, now }: { worker: string; now: Date }): Promise<boolean> {
  const left = await leftDrafts(tx, { worker, now });
  for (const version of left) await cut(tx, version, now);
  return left.length > 0;
}

async function cut(
  tx: Tx,
  { wishId, version }: { wishId: number; version: number },
  now: Date,
): Promise<Wish> {
  const isOpen = await lockOpen(tx, wishId, version);
  await endVersion(tx, { wishId, version, outcome: { kind: 'failed', reason: cutOff }, now });
  if (!isOpen) return (await findWish(tx, wishId)) as Wish;
  const times = await countCutOff(tx, wishId);
  const move = { id: wishId, by: 'drafter', now };
  return times < mostCutOff
    ? moveWish(tx, { ...move, move: 'interrupt', reason: `${cutOff}; it is drafted again` })
    : moveWish(tx, { ...move, move: 'fail', reason: `${cutOff}, ${times} times in a row` });
}

/** Whether this version is what its wish is being drafted as; from now on nobody moves it. */
async function lockOpen(tx: Tx, wishId: number, version: number): Promise<boolean> {
  const { rows } = await tx.query<{ state: string; version: number }>({
    name: 'wishes-lock',
    text: 'SELECT state, version FROM wishlist WHERE id = $1 FOR UPDATE',
    values: [wishId],
  });
  return rows[0]?.state === 'drafting' && rows[0].version === version;
}
