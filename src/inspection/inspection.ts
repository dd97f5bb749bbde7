import type { createInspector, StatelyInspectionEvent } from '@statelyai/inspect';
import { type AnyActorRef, type InspectionEvent, isMachineSnapshot } from 'xstate';
import { ConflictError } from '../lib/errors.ts';
import type { Inspection, InspectionMessage, OpenInspection } from './inspection-message.ts';
import { sanitised } from './sanitise.ts';
import { eachActor } from './actor-tree.ts';
import { inspectGuarded } from './guarded-inspection.ts';

export interface InspectionDeps {
  root: () => AnyActorRef;
  /** Values that must be shown nowhere. */
  secrets: () => readonly string[];
  report: (thrown: unknown) => void;
}

const maxOnlookers = 4;
/** What happens between two takes; of more the oldest is left out, and the actors concerned are shown as they are. */
const maxHappenings = 300;

type Happening = Extract<InspectionEvent, { type: '@xstate.event' | '@xstate.snapshot' }>;

/**
 * The actors for Stately's inspector, for whoever asks over the control socket; nothing of it exists otherwise. The
 * library's own observer is not used: it turns whole snapshots into JSON within a timer of its own, before anything is
 * taken out of them. Here events are only remembered as they come, and written when they are taken: their type, the
 * state, and for the last snapshot of each actor its context as the dashboard shows it.
 */
export function createInspections({ root, secrets, report }: InspectionDeps): OpenInspection {
  let onlookers = 0;
  return async (pending) => {
    // Most daemons never need it.
    const stately = await import('@statelyai/inspect');
    if (onlookers >= maxOnlookers)
      throw new ConflictError(`${maxOnlookers} inspectors are open already; close one of them`);
    onlookers += 1;
    const inspection = inspect(root(), writer(root(), secrets, stately.createInspector), report, pending);
    let isOpen = true;
    return {
      take: inspection.take,
      close() {
        if (isOpen) onlookers -= 1;
        isOpen = false;
        inspection.close();
      },
    };
  };
}

function inspect(
  root: AnyActorRef,
  written: Writer,
  report: (thrown: unknown) => void,
  pending: () => void,
): Inspection {
  let happened: Happening[] = [];
  /** Actors of which something was left out. */
  let stale = new Set<AnyActorRef>();
  let omitted = 0;
  let isFirst = true;
  const close = inspectGuarded(
    root,
    (event) => {
      if (event.type !== '@xstate.event' && event.type !== '@xstate.snapshot') return;
      if (isOurs(event.actorRef as AnyActorRef)) return;
      happened.push(event);
      if (happened.length > maxHappenings) {
        stale.add(happened.shift()?.actorRef as AnyActorRef);
        omitted += 1;
      }
      pending();
    },
    report,
  );
  pending();
  return {
    close,
    take() {
      if (isFirst) eachActor(root, written.actor);
      isFirst = false;
      const last = new Map(happened.map((event, index) => [event.actorRef as AnyActorRef, index]));
      for (const ref of stale) if (!last.has(ref)) written.asItIs(ref);
      happened.forEach((event, index) =>
        written.happening(event, last.get(event.actorRef as AnyActorRef) === index),
      );
      const messages: InspectionMessage[] = written.take();
      if (omitted > 0) messages.push({ type: 'omitted', count: omitted });
      happened = [];
      stale = new Set();
      omitted = 0;
      return messages;
    },
  };
}

/** The control socket's own actors move with every flush: to report that would flush again. */
function isOurs({ id, _parent: parent }: AnyActorRef): boolean {
  return id === 'control' || parent?.id === 'control';
}

interface Writer {
  /** Introduces an actor, once. */
  actor: (ref: AnyActorRef) => void;
  asItIs: (ref: AnyActorRef) => void;
  happening: (event: Happening, isLast: boolean) => void;
  take: () => InspectionMessage[];
}

/** Writes in Stately's form, through its adapter; an actor is introduced before anything is said about it. */
function writer(root: AnyActorRef, secrets: () => readonly string[], create: typeof createInspector): Writer {
  let messages: StatelyInspectionEvent[] = [];
  const introduced = new WeakSet<AnyActorRef>();
  let name = '';
  const inspector = create(
    { send: (event) => void messages.push(event) },
    {
      sanitizeEvent: ({ type }) => ({ type }),
      sanitizeContext: (context: unknown) => sanitised(context, secrets()) as Record<string, unknown>,
      serialize: (event) => ({
        ...event,
        rootId: root.sessionId,
        ...(event.type === '@xstate.actor' && { name }),
      }),
    },
  );
  const introduce = (ref: AnyActorRef): void => {
    if (introduced.has(ref)) return;
    introduced.add(ref);
    if (ref._parent !== undefined) introduce(ref._parent);
    name = ref === root ? 'root' : ref.id;
    inspector.actor(ref, pictureOf(ref.getSnapshot(), true));
  };
  return {
    actor: introduce,
    asItIs(ref) {
      introduce(ref);
      inspector.snapshot(ref, pictureOf(ref.getSnapshot(), true));
    },
    happening(event, isLast) {
      const ref = event.actorRef as AnyActorRef;
      introduce(ref);
      if (event.type === '@xstate.snapshot')
        inspector.snapshot(ref, pictureOf(event.snapshot, isLast), { event: event.event });
      else {
        const source = event.sourceRef as AnyActorRef | undefined;
        if (source !== undefined) introduce(source);
        inspector.event(ref, event.event, source === undefined ? {} : { source });
      }
    },
    take() {
      const taken = messages as unknown as InspectionMessage[];
      messages = [];
      return taken;
    },
  };
}

/** Logic that is no machine has no state to show, and its input and output are nobody's business. */
function pictureOf(snapshot: unknown, withContext: boolean) {
  const { status } = snapshot as { status: 'active' | 'done' | 'error' | 'stopped' };
  if (!isMachineSnapshot(snapshot)) return { status };
  return {
    status,
    value: snapshot.value as unknown,
    ...(withContext && { context: snapshot.context as unknown }),
  };
}
