import { recordAct } from '../../activity/record-act.ts';
import { NotFoundError } from '../../lib/errors.ts';
import type { Caller } from '../../lib/operations/operation.ts';
import { rest } from '../../lib/rest.ts';
import type { Store } from '../../lib/store/store.ts';
import { SECOND } from '../../lib/time.ts';
import type { FireEnd } from '../../schedule/job.ts';
import { existingGoal } from '../keep/keep-goal.ts';
import { jobIdOf } from '../rows/history.ts';

/** A fire that was begun by hand. */
export interface ByHand {
  goalId: number;
  fireId: number;
  message: string;
}

/** The scheduler hears of a new goal a moment after it was saved. */
const unknownMs = 5 * SECOND;

/** Starts a goal's fire now, because the owner asked for it. Rejects with `NotFoundError` where there is no such goal. */
export async function runByHand(
  { store, schedule, now }: ByHandNeeds,
  caller: Caller,
  id: number,
): Promise<ByHand> {
  const goal = await existingGoal(store, id);
  const fire = await fireKnown(schedule, jobIdOf(id));
  await recordAct(store, caller, {
    at: now(),
    action: 'goal.run',
    summary: `goal ${goal.name} was run by hand`,
    detail: { goal: id, fire: fire.id },
  });
  return { goalId: id, fireId: fire.id, message: `${goal.name} is under way` };
}

interface ByHandNeeds {
  store: Pick<Store, 'query'>;
  schedule: { fireNow(jobId: string): Promise<{ id: number; ended: Promise<FireEnd> }> };
  now: () => Date;
}

async function fireKnown(schedule: ByHandNeeds['schedule'], jobId: string): Promise<{ id: number }> {
  const over = AbortSignal.timeout(unknownMs);
  for (;;) {
    try {
      const { id, ended } = await schedule.fireNow(jobId);
      // Its row says how it ended; nobody waits here.
      ended.catch(() => undefined);
      return { id };
    } catch (thrown) {
      if (!(thrown instanceof NotFoundError) || !(await rest(100, over))) throw thrown;
    }
  }
}
