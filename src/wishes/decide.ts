import { recordAct } from '../activity/record-act.ts';
import { ConflictError } from '../lib/errors.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Tx } from '../lib/store/store.ts';
import type { Evidence } from './evidence.ts';
import { moveWish } from './move.ts';
import { type Expected, proposeWish, type Wish } from './rows.ts';
import type { WishDecision } from './states.ts';

/** What was decided, by the state that it led to; a draft that is asked for anew leads to `approved` too. */
function doneBy(decision: WishDecision, { state }: Wish): string {
  if (decision === 'approve') return 'approved';
  if (decision === 'redraft') return 'sent back';
  if (decision === 'reopen') return 'reopened';
  return state === 'declined' ? 'declined' : 'rejected';
}

/** A decision of the owner about one wish. */
export interface DecidedWish {
  id: number;
  decision: WishDecision;
  reason?: string | undefined;
}

/**
 * Moves a wish by its rules, with its line in the activity log. Rejects with `NotFoundError` where there is none, and with
 * `ConflictError` where its state does not allow the move, another wish of its title is open, or a redraft has nothing to go by.
 */
export async function decideWish(
  tx: Tx,
  caller: Caller,
  { id, decision, reason }: DecidedWish,
  now: Date,
): Promise<Wish> {
  const wish = await moveWish(tx, { id, move: decision, by: caller.by, reason, now }).catch(refuseTwin);
  if (decision === 'redraft' && wish.openComments === 0)
    throw new ConflictError(
      `wish ${id} has no open comment: say on a line what the next version is to change`,
    );
  const done = doneBy(decision, wish);
  await recordAct(tx, caller, {
    at: now,
    action: `wish.${done.replace(' ', '-')}`,
    summary: `wish ${id} was ${done}: ${wish.title}`,
    detail: { wish: id, reason: reason ?? null },
  });
  return wish;
}

/** A wish of the owner's own. */
export interface OwnWish {
  title: string;
  description: string;
  evidence?: readonly Evidence[] | undefined;
  expected?: Expected | undefined;
  /** Names the event by which it was said. */
  saidKey?: string | undefined;
}

/** Keeps a wish of the owner's own. Rejects with `ConflictError` where one of its title is open. */
export async function addWish(tx: Tx, caller: Caller, own: OwnWish, now: Date): Promise<Wish> {
  const wish = await proposeWish(tx, { ...own, origin: 'owner', approved: false, by: caller.by, now });
  if (wish === undefined) throw twin();
  await recordAct(tx, caller, {
    at: now,
    action: 'wish.proposed',
    summary: `wished: ${own.title}`,
    detail: { wish: wish.id },
  });
  return wish;
}

/** A rejected wish may have come up again meanwhile: then the open one is the one to decide. */
function refuseTwin(thrown: unknown): never {
  const { constraint } = thrown as { constraint?: unknown };
  if (constraint === 'wishlist_open_key') throw twin();
  throw thrown;
}

function twin(): ConflictError {
  return new ConflictError('a wish of this title is open already');
}
