import { applyHere } from '../../drafter/apply-here.ts';
import { ConflictError } from '../../lib/errors.ts';
import type { Answers } from '../../operations.ts';
import type { DaemonClient } from '../connect.ts';
import { checkoutFor } from './checkout.ts';

/**
 * Makes the branch of a draft in the owner's checkout, in this process and not in the daemon's, and has it written down. Rejects
 * with `ConflictError` where the draft is stale, or the checkout is not as it has to be.
 */
export async function applyWish(
  { ask }: DaemonClient,
  { id, checkout }: { id: number; checkout: string | undefined },
): Promise<Answers['wish.decide'] & { checkout: string }> {
  const { outcome, reason } = await ask('wish.check', { id });
  if (outcome === 'stale') throw new ConflictError(`wish ${id} is stale: ${reason ?? 'its base has moved'}`);
  const { base, patch, repository, version } = await ask('wish.patch', { id });
  const place = await checkoutFor({ named: checkout, base, repository });
  const applied = await applyHere(place, id, { base, patch });
  if (applied.kind === 'refused') throw new ConflictError(`wish ${id} was not applied: ${applied.reason}`);
  const { branch } = applied;
  return { ...(await ask('wish.applied', { id, version, branch, checkout: place })), checkout: place };
}
