import type { Caller } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import { type ActivityRecord, recordActivity } from './rows.ts';

/** An act of the owner for the activity log. */
export type OwnerAct = Omit<ActivityRecord, 'actor' | 'detail'> & { detail?: Record<string, unknown> };

/** Records what the owner did and the face they did it by, in the transaction of the act itself. */
export async function recordAct(
  tx: Pick<Store, 'query'>,
  { by }: Caller,
  { detail, ...act }: OwnerAct,
): Promise<void> {
  await recordActivity(tx, { ...act, actor: 'owner', detail: { ...detail, by } });
}
