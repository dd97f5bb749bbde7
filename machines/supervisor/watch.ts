import type { ActorRefFrom } from 'xstate';
import type { supervisorMachine } from './machine.ts';
import { isSupervisorSnapshot } from './describe.ts';
import type { SupervisorFact } from './protocol.ts';

type Supervisor = ActorRefFrom<typeof supervisorMachine>;

/** Hears a fact and the ids of the supervisors it came up through, outermost first; empty for the watched one's own. */
export type FactListener = (fact: SupervisorFact, path: readonly string[]) => void;

/**
 * Reports the facts of a supervisor and of all supervisors below it, also those that start later. A listener that
 * throws is reported to `onListenerError` and hurts nobody (through a bare `actor.on`, XState would raise it as an
 * uncaught exception). Watch before `start()` to miss nothing. Returns the function that ends it.
 */
export function watchSupervisor(
  supervisor: Supervisor,
  listener: FactListener,
  onListenerError: (thrown: unknown) => void,
): () => void {
  const watching = new Map<string, () => void>();
  const unfollow = follow(supervisor, []);
  return () => {
    unfollow();
    for (const unwatch of watching.values()) unwatch();
  };

  function follow(ref: Supervisor, path: readonly string[]): () => void {
    const subscription = ref.on('*', (fact) => {
      guarded(() => listener(fact, path));
      if (fact.type === 'child.started') guarded(() => followChild(ref, fact.id, path));
      if (fact.type === 'child.exited') forget(fact.id);
    });
    return () => subscription.unsubscribe();
  }

  function followChild(ref: Supervisor, id: string, path: readonly string[]): void {
    const { children } = ref.getSnapshot();
    const child = Object.hasOwn(children, id) ? children[id] : undefined;
    if (child === undefined || !isSupervisorSnapshot(child.getSnapshot())) return;
    forget(id);
    watching.set(id, follow(child as Supervisor, [...path, id]));
  }

  function forget(id: string): void {
    watching.get(id)?.();
    watching.delete(id);
  }

  function guarded(report: () => void): void {
    try {
      report();
    } catch (thrown) {
      onListenerError(thrown);
    }
  }
}
