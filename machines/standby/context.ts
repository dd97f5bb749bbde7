import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import type { Answered, StandbyPlan } from './protocol.ts';

/** Memory of the machine. */
export interface StandbyContext {
  /** The owner's last task that was answered. */
  after: number | null;
  plan: StandbyPlan | undefined;
  identity: ProcessIdentity | undefined;
  /** The next rest, where somebody has said how long; else it depends on the failures. */
  restMs: number | undefined;
  /** Starts in a row that came to nothing. */
  failures: number;
  isStopping: boolean;
}

/** After the start of the daemon: other things come first. */
const firstRestMs = 5_000;
const restMs = 60_000;
/** An hour at the longest. */
const maxDoublings = 6;

/** A machine that has seen nothing yet. */
export const newStandby: StandbyContext = {
  after: null,
  plan: undefined,
  identity: undefined,
  restMs: firstRestMs,
  failures: 0,
  isStopping: false,
};

/** Milliseconds until it plans again unasked. */
export function restOf({ restMs: asked, failures }: StandbyContext): number {
  return asked ?? restMs * 2 ** Math.min(maxDoublings, failures);
}

/** What is to be started; throws where nothing was planned. */
export function planned({ plan }: StandbyContext): StandbyPlan {
  if (plan === undefined) throw new Error('standby machine: starting without a plan');
  return plan;
}

/** True where the owner's next message is hardly for the agent that is planned: a session that was gone on with is another. */
export function isElsewhere({ plan }: StandbyContext, answered: Answered | undefined): boolean {
  if (plan === undefined || answered === undefined) return false;
  return answered.conversation !== null || plan.request.task.conversation !== null;
}
