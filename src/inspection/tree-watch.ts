import { type AnyActorRef, type InspectionEvent, isMachineSnapshot } from 'xstate';
import { NotFoundError } from '../lib/errors.ts';
import type { ActorPage, TreeChange, TreeView, TreeWatch, Transition } from './tree-view.ts';
import { sanitised } from './sanitise.ts';
import { drawMachine, findActor, listActors, statesOf, viewActor } from './actor-tree.ts';
import { inspectGuarded } from './guarded-inspection.ts';

export interface TreeWatchDeps {
  /** The root of the tree; may be asked when somebody looks, not before. */
  root: () => AnyActorRef;
  /** Values that must be shown nowhere. */
  secrets: () => readonly string[];
  /** Told once when observing failed; the tree itself goes on. */
  report: (thrown: unknown) => void;
  now?: () => number;
}

/** The live tree for the dashboard: a snapshot, one actor from inside, and a feed of what happens. */
export interface LiveTree extends TreeWatch {
  get(): TreeView;
  actor(path: string): ActorPage;
  /** Whether somebody listens to the actors now. */
  isListening(): boolean;
}

/** Transitions between two takes, and of each actor for its page; what is beyond is counted. */
const maxTransitions = 200;
const maxHistory = 500;
const maxEventChars = 200;

/** What is known of an actor; held weakly, so that nobody lives longer for being watched. */
interface Known {
  path: string;
  /** The dashboard's own actors move with every push: to report that would push again. */
  ours: boolean;
  states: string[];
  since: number;
}

/**
 * See `LiveTree`. XState's inspection is listened to only between `start` and `stop`.
 */
export function createLiveTree({ root, secrets, report, now = Date.now }: TreeWatchDeps): LiveTree {
  let known = new WeakMap<AnyActorRef, Known>();
  let unlisten: (() => void) | undefined;
  let pending = (): void => {};
  let seq = 0;
  let omitted = 0;
  let transitions: Transition[] = [];
  let history: Transition[] = [];
  /** Paths of actors that took an event since the last take, and of all that the page knows. */
  const touched = new Set<string>();
  let shown = new Set<string>();

  const observe = (event: InspectionEvent): void => {
    if (event.type === '@xstate.snapshot') noteSnapshot(event);
    else if (event.type === '@xstate.event') noteSource(event);
  };

  /** Where the event that an actor takes next came from; the snapshot that follows does not say. */
  const sources = new WeakMap<AnyActorRef, string>();
  function noteSource({ actorRef, sourceRef }: Extract<InspectionEvent, { type: '@xstate.event' }>): void {
    const target = actorRef as AnyActorRef;
    if (sourceRef === undefined) sources.delete(target);
    else sources.set(target, knownOf(sourceRef as AnyActorRef).path);
  }

  function noteSnapshot({
    actorRef,
    event,
    snapshot,
  }: Extract<InspectionEvent, { type: '@xstate.snapshot' }>): void {
    const ref = actorRef as AnyActorRef;
    const found = knownOf(ref);
    if (found.ours) return;
    const { states: before } = found;
    const after = isMachineSnapshot(snapshot) ? statesOf(snapshot) : [];
    if (!isSame(before, after)) {
      found.states = after;
      found.since = now();
    }
    touched.add(found.path);
    addTransition({
      seq: (seq += 1),
      at: now(),
      path: found.path,
      event: event.type.slice(0, maxEventChars),
      from: sources.get(ref) ?? null,
      before,
      after,
    });
    pending();
  }

  function addTransition(transition: Transition): void {
    history.push(transition);
    if (history.length > 2 * maxHistory) history = history.slice(-maxHistory);
    transitions.push(transition);
    if (transitions.length <= maxTransitions) return;
    transitions.shift();
    omitted += 1;
  }

  function knownOf(ref: AnyActorRef): Known {
    const before = known.get(ref);
    if (before !== undefined) return before;
    const parent = ref._parent;
    const above = parent === undefined ? undefined : knownOf(parent);
    const path = above === undefined ? 'root' : `${above.path}/${ref.id}`;
    const fresh: Known = {
      path,
      ours: above?.ours === true || path === 'root/tree/dashboard',
      states: [],
      since: now(),
    };
    known.set(ref, fresh);
    return fresh;
  }

  function stop(): void {
    unlisten?.();
    unlisten = undefined;
    pending = () => {};
    known = new WeakMap();
    transitions = [];
    history = [];
    omitted = 0;
    touched.clear();
    shown = new Set();
  }

  const sinceOf = (ref: AnyActorRef): number => known.get(ref)?.since ?? 0;

  return {
    start(onPending) {
      pending = onPending;
      if (unlisten !== undefined) return;
      // What stands before the first event is known from here on.
      for (const { path } of listActors(root(), () => 0).actors) {
        shown.add(path);
        const ref = findActor(root(), path)?.ref;
        if (ref === undefined) continue;
        const snapshot: unknown = ref.getSnapshot();
        const found = knownOf(ref);
        // Since when it is as it is, nobody has seen.
        found.since = 0;
        if (isMachineSnapshot(snapshot)) found.states = statesOf(snapshot);
      }
      unlisten = inspectGuarded(root(), observe, (thrown) => {
        stop();
        report(thrown);
      });
    },
    stop,
    isListening: () => unlisten !== undefined,
    take() {
      if (touched.size === 0) return undefined;
      const { actors } = listActors(root(), sinceOf);
      const paths = new Set(actors.map(({ path }) => path));
      const change: TreeChange = {
        changed: actors.filter(({ path }) => touched.has(path) || !shown.has(path)),
        gone: [...shown].filter((path) => !paths.has(path)),
        transitions,
        omitted,
      };
      shown = paths;
      transitions = [];
      omitted = 0;
      touched.clear();
      return change;
    },
    get: () => ({ at: now(), ...listActors(root(), sinceOf) }),
    actor(path) {
      const found = findActor(root(), path);
      if (found === undefined) throw new NotFoundError(`there is no actor at ${path} (any more)`);
      const snapshot: unknown = found.ref.getSnapshot();
      const machine = isMachineSnapshot(snapshot) ? snapshot : undefined;
      return {
        actor: viewActor(found.ref, path, sinceOf(found.ref), found.parent),
        machine: machine === undefined ? null : drawMachine(machine.machine),
        context: machine === undefined ? null : sanitised(machine.context, secrets()),
        transitions: history
          .filter((transition) => transition.path === path)
          .slice(-50)
          .reverse(),
      };
    },
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((state, index) => state === other[index]);
}
