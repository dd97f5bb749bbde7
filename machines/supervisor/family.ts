import type { SupervisorFact } from './protocol.ts';
import type { ChildSpec, SupervisorSettings } from './spec.ts';

/**
 * Where a child is. Alive: `starting`, `running`, `stopping`. Coming: `waiting` for its turn, `restarting` after its
 * backoff. Ended for good: `stopped`, `failed` (with an error), `killed` (it outlived its `shutdownMs`).
 */
export type ChildPhase =
  'waiting' | 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped' | 'failed' | 'killed';

/** Memory of one child. */
export interface Child {
  readonly spec: ChildSpec;
  /** Added by `supervisor.start`: no order among such children, and no strategy. */
  readonly dynamic: boolean;
  phase: ChildPhase;
  /** When the phase began, in epoch milliseconds. */
  since: number;
  /** Number of the present start, unique within the supervisor: what carries another is too late. */
  incarnation: number;
  /** Restarts of this child for its own exits, over the supervisor's life. */
  restarts: number;
  /** Failed incarnations in a row, which the backoff grows with. */
  failures: number;
  hasBeenUp: boolean;
  /** Ended by `supervisor.terminate`: a neighbour's crash does not bring it back. */
  dismissed: boolean;
  /** Set while a live child has to go: what follows once it is gone. */
  halt: 'end' | 'restart-with-group' | 'restart-for-itself' | undefined;
  lastError: string | undefined;
}

/** Reason for a supervisor to give up. */
export interface Escalation {
  childId: string;
  error: string;
}

/** Work of the machine after a step, in this order. */
export type Order =
  | { do: 'start'; child: Child }
  | { do: 'ask-to-stop'; id: string }
  | { do: 'remove'; id: string }
  | { do: 'wait'; child: Child; delayMs: number }
  | { do: 'stop-waiting'; id: string }
  | { do: 'remember-restart' }
  | { do: 'tell'; fact: SupervisorFact };

/** The supervisor's memory between steps. Replaced as a whole by each step, never changed in place. */
export interface Family {
  readonly settings: SupervisorSettings;
  /** In start order; dynamic children come last. */
  readonly children: readonly Child[];
  /** Restarts within the period. */
  readonly spent: number;
  readonly incarnations: number;
  readonly escalation: Escalation | undefined;
}

/** A family while one step changes it, and the orders that the step gives. */
export interface Draft {
  settings: SupervisorSettings;
  children: Child[];
  spent: number;
  incarnations: number;
  escalation: Escalation | undefined;
  orders: Order[];
}

/** A family in which nobody has been started yet. */
export function newFamily(specs: readonly ChildSpec[], settings: SupervisorSettings): Family {
  const children = specs.map((spec) => newChild(spec, false, settings.now()));
  return { settings, children, spent: 0, incarnations: 0, escalation: undefined };
}

/** Runs one change on a copy of the family and returns the family after it with the orders to carry out. */
export function step(family: Family, change: (draft: Draft) => void): { family: Family; orders: Order[] } {
  const draft: Draft = { ...family, children: family.children.map((child) => ({ ...child })), orders: [] };
  change(draft);
  const { orders, ...after } = draft;
  return { family: after, orders };
}

/** Whether no child runs or will run any more. */
export function isEveryChildGone(family: Family): boolean {
  return !family.children.some(isAlive);
}

/** Whether every fixed child has been up once, or ended. */
export function isEveryChildUp(family: Family): boolean {
  if (family.escalation !== undefined) return false;
  return family.children.every((child) => child.dynamic || child.hasBeenUp || hasEnded(child));
}

/** The child with this id. */
export function find(draft: Draft, id: string): Child | undefined {
  return draft.children.find((child) => child.spec.id === id);
}

/** A child that has not been started yet. */
export function newChild(spec: ChildSpec, dynamic: boolean, since: number): Child {
  const fresh = { incarnation: 0, restarts: 0, failures: 0, hasBeenUp: false, dismissed: false };
  return { spec, dynamic, phase: 'waiting', since, ...fresh, halt: undefined, lastError: undefined };
}

/** Whether a child has a live actor. */
export function isAlive({ phase }: Child): boolean {
  return phase === 'starting' || phase === 'running' || phase === 'stopping';
}

/** Whether a child is over for good. */
export function hasEnded({ phase }: Child): boolean {
  return phase === 'stopped' || phase === 'failed' || phase === 'killed';
}
