import type { ErrorActorEvent } from 'xstate';
import { type Registry, tell } from '../neighbours.ts';
import { messageOf, saysStoreAway, saysStoreRefuses } from './failure.ts';

/** Parameters of guards and actions that read a failure. */
export interface Thrown {
  error: unknown;
}

type OfFailure<Params> = (scope: { event: ErrorActorEvent }) => Params;

/** The failure as parameters of an action. */
export const thrown: OfFailure<Thrown> = ({ event }) => ({ error: event.error });

/** The failure as parameters of an action, with the name of the work that failed. */
export function thrownDuring(during: string): OfFailure<Thrown & { during: string }> {
  return ({ event }) => ({ during, error: event.error });
}

/** The guard that `onStoreTrouble` asks; a machine that uses it lists it in its setup. */
export function isStoreAway(_: unknown, { error }: Thrown): boolean {
  return saysStoreAway(error);
}

/** The same for what only waits: a refusal is told of, since nobody else may meet it. */
export function isStoreLost(_: unknown, { error }: Thrown): boolean {
  return saysStoreAway(error) && !saysStoreRefuses(error);
}

/** Tells the database of a refusal: it is away for everybody until it takes again what the daemon writes. */
export function tellRefusal({ system }: { system: Registry }, { error }: Thrown): void {
  if (saysStoreRefuses(error)) tell(system, 'database', { type: 'store.refused', reason: messageOf(error) });
}

/** The two ways out of a failed statement: an outage of Postgres is a state, anything else is trouble to tell of. */
export function onStoreTrouble<const Away extends object, const Otherwise extends object>(ways: {
  away: Away;
  otherwise: Otherwise;
}) {
  return [{ guard: { type: 'isStoreAway', params: thrown }, ...ways.away }, ways.otherwise] as const;
}
