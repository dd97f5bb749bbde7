import { fromPromise } from 'xstate';
import type { FireInput } from '../../machines/fire/protocol.ts';
import type { StopOrder, TickResult } from '../../machines/scheduler/protocol.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { createBreath } from '../../src/schedule/breathe.ts';
import type { WaitingFire } from '../../src/schedule/line.ts';
import { tickMs } from '../../src/schedule/pulse.ts';
import type { Schedule } from '../../src/schedule/schedule.ts';
import { claimByHand } from './claim-by-hand.ts';
import { claimDue } from './claim-due.ts';
import type { SchedulerDeps } from './deps.ts';
import { createWatchOthers } from './watch-others.ts';

/** Jobs whose instants are claimed by one tick; where more are due, the next one follows at once. */
const mostDue = 1_000;
/** Between two looks at fires of other daemons that a fire here waits for. */
const awaitedMs = 2_000;

/**
 * Claims the instants that have come, and says which fires start now. Its cost grows with what is due and with the
 * logarithm of the number of jobs. Rejects with `StoreAwayError` while nothing can be claimed: all stays due.
 */
export function createTick(deps: SchedulerDeps) {
  const { schedule, now } = deps;
  const watchOthers = createWatchOthers(deps);
  return fromPromise<TickResult>(async () => {
    const { agenda, line, pulse } = schedule;
    pulse.beat();
    const at = now();
    try {
      await followClock(schedule, at);
      const stops: StopOrder[] = [...(await watchOthers(at))];
      const byHand = await claimByHand(deps, at);
      stops.push(...byHand.stops);
      const due = agenda.takeDue(at, mostDue);
      if (due.length > 0 || schedule.leftover.size > 0) stops.push(...(await claimDue(deps, due, at)));
      if (due.length < mostDue) forgetGaps(schedule);
      const started = line.start(now());
      pulse.beat();
      return {
        begun: started.map(inputOf),
        stops,
        asksForUnknown: byHand.isUnknown,
        restMs: Math.min(restOf(schedule, now()), deps.longestRestMs ?? tickMs),
      };
    } catch (error) {
      if (error instanceof StoreAwayError) schedule.gaps.awaySince ??= at;
      throw error;
    }
  });
}

/** A clock that went back has not come to instants that lie before it: they are looked at anew, and their rows decide. */
async function followClock(schedule: Schedule, now: Date): Promise<void> {
  const { agenda, gaps, line } = schedule;
  const step = schedule.watchClock(now);
  if (step.kind === 'forward') gaps.jump ??= step;
  if (step.kind !== 'back') return;
  gaps.jump = undefined;
  if (gaps.beganAt > now) gaps.beganAt = now;
  if (gaps.awaySince !== undefined && gaps.awaySince > now) gaps.awaySince = now;
  schedule.madeUpFrom = 0;
  line.hasten(now);
  const breathe = createBreath();
  for (const known of agenda.all()) {
    if (known.cursor > now) agenda.place(known, now);
    await breathe();
  }
}

function forgetGaps({ gaps }: Schedule): void {
  gaps.jump = undefined;
  gaps.awaySince = undefined;
}

function inputOf({ kind, dueAt: _, awaited: __, ...fire }: WaitingFire): FireInput {
  return { ...fire, kind: kind.name, canResume: kind.resume !== undefined };
}

function restOf({ agenda, line }: Schedule, now: Date): number {
  const next = Math.min(agenda.nextDueAt(), line.nextDueAt()) - now.getTime();
  return Math.max(0, Math.min(next, line.awaited().length > 0 ? awaitedMs : Infinity));
}
