import type { AnyActorRef } from 'xstate';
import type { Exit, SupervisorOutput } from './protocol.ts';
import { errorText } from './spec.ts';

/** How a child's actor ended, read from the actor itself; undefined while it lives. */
export function exitOf(ref: AnyActorRef | undefined): Exit | undefined {
  const snapshot = ref?.getSnapshot() as { status: string; output?: unknown; error?: unknown } | undefined;
  if (snapshot?.status === 'error') return { how: 'failed', error: errorText(snapshot.error) };
  if (snapshot?.status !== 'done') return undefined;
  return isEscalation(snapshot.output)
    ? { how: 'failed', error: `gave up on "${snapshot.output.childId}": ${snapshot.output.error}` }
    : { how: 'normal' };
}

function isEscalation(output: unknown): output is SupervisorOutput & { outcome: 'escalated' } {
  return (
    typeof output === 'object' && output !== null && 'outcome' in output && output.outcome === 'escalated'
  );
}

/** XState leaves the children of a machine running whose own action threw; nobody else would ever stop them. */
export function stopOrphansOf(ref: AnyActorRef | undefined): void {
  const snapshot = ref?.getSnapshot() as
    { status: string; children?: Record<string, AnyActorRef> } | undefined;
  if (snapshot?.status !== 'error') return;
  for (const orphan of Object.values(snapshot.children ?? {})) {
    if ((orphan.getSnapshot() as { status: string }).status === 'active')
      orphan.send({ type: 'xstate.stop' });
  }
}

/** A child of a machine actor, by its id. */
export function childOf(self: AnyActorRef, id: string): AnyActorRef | undefined {
  const { children } = self.getSnapshot() as { children: Record<string, AnyActorRef | undefined> };
  return Object.hasOwn(children, id) ? children[id] : undefined;
}
