import type { AnyActorRef, InspectionEvent } from 'xstate';

/**
 * Listens to everything that happens to the actors of a running system, until the returned function is called. A listener
 * that throws would leave the actor that it was told about deaf for ever: it is caught, hears nothing more, and
 * `onFailure` is told. While nobody listens, XState has no observer and an event costs nothing more.
 */
export function inspectGuarded(
  root: AnyActorRef,
  listener: (event: InspectionEvent) => void,
  onFailure: (thrown: unknown) => void,
): () => void {
  const subscription = root.system.inspect((event: InspectionEvent) => {
    try {
      listener(event);
    } catch (thrown) {
      subscription.unsubscribe();
      onFailure(thrown);
    }
  });
  return () => subscription.unsubscribe();
}
