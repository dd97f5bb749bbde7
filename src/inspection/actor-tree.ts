import { type AnyActorRef, type AnyMachineSnapshot, type AnyStateMachine, isMachineSnapshot } from 'xstate';
import { isSupervisorSnapshot } from '../../machines/supervisor/describe.ts';
import type { ActorView, ArrowView, StateView } from './tree-view.ts';

const maxActors = 1_000;
const maxDepth = 16;

/** Every live actor below one, itself first, parents before children; `truncated` counts those beyond the bound. */
export function listActors(
  root: AnyActorRef,
  sinceOf: (ref: AnyActorRef) => number,
): { actors: ActorView[]; truncated: number } {
  const actors: ActorView[] = [];
  const truncated = eachActor(root, (ref, path, parent) => {
    actors.push(viewActor(ref, path, sinceOf(ref), parent));
  });
  return { actors, truncated };
}

/** Visits every live actor, parents before children, up to a bound; returns how many are beyond it. */
export function eachActor(
  root: AnyActorRef,
  visit: (ref: AnyActorRef, path: string, parentSnapshot: unknown) => void,
): number {
  let [visited, beyond] = [0, 0];
  const descend = (ref: AnyActorRef, path: string, depth: number, parent: unknown): void => {
    if (visited >= maxActors || depth > maxDepth) {
      beyond += 1;
      return;
    }
    visited += 1;
    visit(ref, path, parent);
    const snapshot: unknown = ref.getSnapshot();
    for (const [id, child] of Object.entries(childrenOf(snapshot)))
      descend(child, `${path}/${id}`, depth + 1, snapshot);
  };
  descend(root, 'root', 0, undefined);
  return beyond;
}

/** The actor at this path, with its parent's snapshot. */
export function findActor(
  root: AnyActorRef,
  path: string,
): { ref: AnyActorRef; parent: unknown } | undefined {
  const [first, ...ids] = path.split('/');
  if (first !== 'root') return undefined;
  let ref: AnyActorRef | undefined = root;
  let parent: unknown;
  for (const id of ids) {
    parent = ref.getSnapshot();
    const children = childrenOf(parent);
    ref = Object.hasOwn(children, id) ? children[id] : undefined;
    if (ref === undefined) return undefined;
  }
  return { ref, parent };
}

/** One actor as the tree shows it; `parent` is its parent's snapshot, which knows more where it is a supervisor. */
export function viewActor(ref: AnyActorRef, path: string, since: number, parent: unknown): ActorView {
  const snapshot: unknown = ref.getSnapshot();
  const machine = isMachineSnapshot(snapshot) ? snapshot : undefined;
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    kind: machine === undefined ? 'work' : 'machine',
    machine: machine === undefined ? null : (machine.machine as AnyStateMachine).id,
    status: (snapshot as { status: string }).status,
    states: machine === undefined ? [] : statesOf(machine),
    since: since || (childIn(parent, ref.id)?.since ?? 0),
    supervised: supervisionOf(parent, ref.id),
  };
}

/** The paths of the innermost states that a machine is in, such as `ready.idle`. */
export function statesOf(snapshot: AnyMachineSnapshot): string[] {
  const nodes = (snapshot as unknown as { _nodes: ReadonlyArray<StateNode> })._nodes;
  return nodes.filter(({ type }) => type === 'atomic' || type === 'final').map(({ path }) => path.join('.'));
}

/** A machine as data to draw: its states and arrows. */
export function drawMachine(machine: AnyStateMachine): {
  id: string;
  states: StateView[];
  arrows: ArrowView[];
} {
  const states: StateView[] = [];
  const arrows: ArrowView[] = [];
  const visit = (node: StateNode): void => {
    const path = node.path.join('.');
    states.push({
      path,
      type: node.type,
      initial: node.type === 'compound' ? (node.initial.target[0]?.path.join('.') ?? null) : null,
      invokes: node.invoke.map(({ id }) => id),
    });
    for (const [event, transitions] of node.transitions)
      for (const { target, guard } of transitions)
        for (const to of target ?? [undefined])
          arrows.push({
            from: path,
            to: to?.path.join('.') ?? null,
            event: eventName(event),
            guard: guardName(guard),
          });
    for (const { target, guard } of node.always ?? [])
      for (const to of target ?? [undefined])
        arrows.push({ from: path, to: to?.path.join('.') ?? null, event: '', guard: guardName(guard) });
    for (const child of Object.values(node.states)) visit(child);
  };
  const root = machine.root as unknown as StateNode;
  visit(root);
  return { id: machine.id, states, arrows };
}

/** What of XState's state node is drawn. */
interface StateNode {
  path: string[];
  type: StateView['type'];
  initial: { target: StateNode[] };
  invoke: ReadonlyArray<{ id: string }>;
  transitions: ReadonlyMap<string, ReadonlyArray<TransitionView>>;
  always?: ReadonlyArray<TransitionView>;
  states: Record<string, StateNode>;
}

interface TransitionView {
  target: readonly StateNode[] | undefined;
  guard?: unknown;
}

/** `xstate.after.gather.dashboard.open` is `after gather`; `xstate.done.actor.x` is `done x`. */
function eventName(event: string): string {
  const after = /^xstate\.after\.([^.]+)/.exec(event);
  if (after !== null) return `after ${String(after[1])}`;
  return event.replace(/^xstate\.(done|error)\.(?:actor|state)\./, '$1 ');
}

function guardName(guard: unknown): string | null {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return guard === undefined ? null : 'condition';
}

function childrenOf(snapshot: unknown): Record<string, AnyActorRef> {
  return isMachineSnapshot(snapshot) ? (snapshot.children as Record<string, AnyActorRef>) : {};
}

function childIn(parent: unknown, id: string) {
  return isSupervisorSnapshot(parent)
    ? parent.context.children.find(({ spec }) => spec.id === id)
    : undefined;
}

function supervisionOf(parent: unknown, id: string): ActorView['supervised'] {
  const child = childIn(parent, id);
  if (child === undefined || !isSupervisorSnapshot(parent)) return null;
  return {
    state: child.phase,
    restart: child.spec.restart,
    restarts: child.restarts,
    budget: parent.context.settings.intensity.restarts,
    lastError: child.lastError ?? null,
  };
}
