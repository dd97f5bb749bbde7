import { endFire } from './rows/settle-fire.ts';
import { type LeftFire, resumeFire } from './rows/recover-fires.ts';
import type { Schedule } from './schedule.ts';
import type { Tx } from '../lib/store/store.ts';

/** Lives of the daemon in which a fire may be running: one that ends the daemon would do so for ever. */
const mostLives = 3;

/**
 * Settles open fires of a life, or of a daemon, that is over. What was running goes on where its kind can do so, and has
 * failed otherwise; either way its job makes up for nothing, since it may have been what ended the daemon. What had not
 * started is looked at anew with the missed instants.
 */
export async function settleLeft(
  tx: Tx,
  fires: readonly LeftFire[],
  { schedule, worker, now }: { schedule: Schedule; worker: string; now: Date },
): Promise<void> {
  for (const fire of fires) {
    const known = schedule.agenda.get(fire.jobId);
    const end = (state: 'failed' | 'cancelled', reason: string, isCutOff = false): Promise<void> =>
      endFire(tx, { id: fire.id, worker, now, end: { state, reason }, isCutOff });
    if (fire.state === 'claimed') {
      if (known === undefined) await end('cancelled', 'its job was removed');
      else if (known.job.paused) await end('cancelled', 'its job was paused before it began');
      else if (fire.byHand) await end('cancelled', 'the daemon ended before it began');
      else append(schedule.leftover, fire.jobId, fire.nominalAt);
      continue;
    }
    if (known !== undefined) known.isCutOff = true;
    if (known?.kind.resume === undefined) await end('failed', 'the daemon ended meanwhile', true);
    else if (fire.lives >= mostLives)
      await end('failed', `the daemon ended ${fire.lives} times meanwhile`, true);
    else if (await resumeFire(tx, { id: fire.id, worker }))
      schedule.line.add({
        id: fire.id,
        jobId: fire.jobId,
        kind: known.kind,
        nominalAt: fire.nominalAt,
        dueAt: now,
        byHand: fire.byHand,
        timeoutMs: known.job.timeoutMs,
        startedAt: fire.startedAt ?? now,
        awaited: new Set(),
      });
  }
}

function append(lists: Map<string, Date[]>, jobId: string, instant: Date): void {
  lists.set(jobId, [...(lists.get(jobId) ?? []), instant]);
}
