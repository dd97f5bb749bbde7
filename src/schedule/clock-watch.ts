import { MINUTE } from '../lib/time.ts';

/** A fire that begins within it is on time; a clock that jumps further has jumped. */
export const graceMs = 2 * MINUTE;

/** What the wall clock did since it was last read. */
export type ClockStep =
  | { kind: 'on' }
  /** It is further than the time that passed: the machine slept, or it was set. */
  | { kind: 'forward'; from: Date; byMs: number }
  | { kind: 'back'; byMs: number };

/** Compares the wall clock with one that cannot jump, and that stands still while the machine sleeps. */
export function createClockWatch(monotonicMs: () => number = () => performance.now()) {
  let last: { wall: Date; monotonicMs: number } | undefined;
  return (now: Date): ClockStep => {
    const before = last;
    const mono = monotonicMs();
    last = { wall: now, monotonicMs: mono };
    if (before === undefined) return { kind: 'on' };
    const byMs = now.getTime() - before.wall.getTime() - (mono - before.monotonicMs);
    if (byMs > graceMs) return { kind: 'forward', from: before.wall, byMs };
    return byMs < -graceMs ? { kind: 'back', byMs: -byMs } : { kind: 'on' };
  };
}
