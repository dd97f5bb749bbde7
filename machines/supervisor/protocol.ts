import type { ChildSpec } from './spec.ts';

/** The order to a child: reach a final state within `shutdownMs`. */
export type ChildCommand = { type: 'child.stop' };

/** News of a child with `readyMs`: it is up. A supervisor tells its own parent the same. */
export type ChildReady = { type: 'child.ready'; id: string };

/** News of a child. */
export type ChildFact =
  | ChildReady
  /** From a child that cannot end by itself, such as a callback actor: it is through, or it has failed. */
  | { type: 'child.stopped'; id: string }
  | { type: 'child.failed'; id: string; error: unknown };

/** Commands to a supervisor. */
export type SupervisorCommand =
  /** Stops all children in order and ends. `child.stop` is the same order from a parent supervisor. */
  | { type: 'supervisor.stop' }
  /** Adds a child at run time, or starts a fixed one again that has ended. */
  | { type: 'supervisor.start'; spec: ChildSpec }
  /** Stops one child for good. */
  | { type: 'supervisor.terminate'; id: string };

/** How one incarnation of a child ended: by itself, with an error, after `child.stop`, or past its deadline. */
export interface Exit {
  how: 'normal' | 'failed' | 'stopped' | 'killed';
  error?: string;
}

/** The news that a supervisor emits for observers. */
export type SupervisorFact =
  | { type: 'child.started'; id: string }
  | { type: 'child.ready'; id: string }
  | ({ type: 'child.exited'; id: string } & Exit)
  | { type: 'child.restarting'; id: string; restarts: number; delayMs: number }
  | { type: 'child.refused'; id: string; reason: string }
  | { type: 'supervisor.escalated'; childId: string; error: string };

/** `escalated` is the abnormal ending: the restart budget was spent, and `childId` needed one more. */
export type SupervisorOutput =
  { outcome: 'stopped' } | { outcome: 'escalated'; childId: string; error: string };
