import { type AnyActorRef, isMachineSnapshot, type SnapshotFrom, type StateValue } from 'xstate';
import { supervisorMachine } from './machine.ts';
import type { ChildPhase } from './family.ts';
import type { Restart } from './spec.ts';

/** One child as it is now. */
export interface ChildDescription {
  id: string;
  state: ChildPhase;
  restart: Restart;
  /** Restarts for its own exits since the supervisor began. */
  restarts: number;
  /** When `state` began, in epoch milliseconds. */
  since: number;
  lastError?: string;
  /** The state value of a live child that is a machine. */
  value?: StateValue;
  /** The children of a live child that is a supervisor itself. */
  children?: ChildDescription[];
}

/** A supervisor's snapshot. */
export type SupervisorSnapshot = SnapshotFrom<typeof supervisorMachine>;

/** A supervisor's children in start order, each with its own children when it is a supervisor too. */
export function describe(snapshot: SupervisorSnapshot): ChildDescription[] {
  return snapshot.context.children.map(({ spec, phase, restarts, since, lastError }) => ({
    id: spec.id,
    state: phase,
    restart: spec.restart,
    restarts,
    since,
    ...(lastError === undefined ? {} : { lastError }),
    ...insideOf(Object.hasOwn(snapshot.children, spec.id) ? snapshot.children[spec.id] : undefined),
  }));
}

/** Whether this is the snapshot of a supervisor. */
export function isSupervisorSnapshot(snapshot: unknown): snapshot is SupervisorSnapshot {
  return isMachineSnapshot(snapshot) && (snapshot.machine as unknown) === supervisorMachine;
}

function insideOf(ref: AnyActorRef | undefined): Pick<ChildDescription, 'value' | 'children'> {
  const snapshot: unknown = ref?.getSnapshot();
  if (!isMachineSnapshot(snapshot)) return {};
  const value = snapshot.value as StateValue;
  return isSupervisorSnapshot(snapshot) ? { value, children: describe(snapshot) } : { value };
}
