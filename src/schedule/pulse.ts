import { SECOND } from '../lib/time.ts';

/** The longest time between two ticks of the scheduler. */
export const tickMs = 30 * SECOND;
/** A scheduler that has not ticked for so long is stuck. */
const stuckAfterMs = 3 * tickMs;

/** The heartbeat of the scheduler, by a clock that cannot jump. */
export interface Pulse {
  /** Ticks, or tries to. */
  beat(): void;
  /** Milliseconds since the last tick; undefined before the first one. */
  ageMs(): number | undefined;
  /** True where it has ticked, and not for three times its longest wait. */
  isStuck(): boolean;
}

/** See `Pulse`. */
export function createPulse(monotonicMs: () => number = () => performance.now()): Pulse {
  let last: number | undefined;
  const ageMs = (): number | undefined => (last === undefined ? undefined : monotonicMs() - last);
  return {
    beat: () => (last = monotonicMs()),
    ageMs,
    isStuck: () => (ageMs() ?? 0) > stuckAfterMs,
  };
}
