import type { choreMachine } from '../../machines/chore/machine.ts';
import { type ChildSpec, childSpec } from '../../machines/supervisor/spec.ts';
import { SECOND } from '../lib/time.ts';

export interface ChoreSpec {
  id: string;
  logic: typeof choreMachine;
  /** Pause between two runs, in milliseconds. */
  restMs: number;
  /** It runs once more when the daemon stops. Default: it does not. */
  runsLast?: boolean;
  /** How long it may take to end, in milliseconds. Default 10 s. */
  shutdownMs?: number;
}

/** A child of the tree that does a chore again and again, and always comes back. */
export function choreSpec({
  id,
  logic,
  restMs,
  runsLast = false,
  shutdownMs = 10 * SECOND,
}: ChoreSpec): ChildSpec {
  return childSpec({ id, logic, input: { restMs, runsLast }, restart: 'permanent', shutdownMs });
}
