import type { AnyActorRef, EventObject } from 'xstate';

/** What every actor can reach its neighbours through. */
export interface Neighbours {
  get(id: string): unknown;
}

/** Tells a neighbour something; one that is between two lives misses it and sees the shared parts when it is back. */
export function tell(system: Neighbours, id: string, event: EventObject): void {
  (system.get(id) as AnyActorRef | undefined)?.send(event);
}
