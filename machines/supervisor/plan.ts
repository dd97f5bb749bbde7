import { type Child, type ChildPhase, type Draft, find, hasEnded, isAlive, newChild } from './family.ts';
import type { Exit, SupervisorFact } from './protocol.ts';
import { backoffMs, type ChildSpec, specProblem } from './spec.ts';

/** Stops and starts the children whose turn it is. Every change below ends with it. */
export function advance(draft: Draft): void {
  stopNext(draft);
  if (draft.escalation === undefined) startNext(draft);
}

/** A child's start returned, which is all that one without `readyMs` has to do. */
export function childSpawned(draft: Draft, id: string, incarnation: number): void {
  const child = find(draft, id);
  if (child?.incarnation !== incarnation || child.spec.readyMs !== undefined) return;
  childReady(draft, id);
}

/** A child says that it is up. */
export function childReady(draft: Draft, id: string): void {
  const child = find(draft, id);
  if (child?.phase !== 'starting') return;
  child.hasBeenUp = true;
  enter(draft, child, 'running', child.failures > 0 ? draft.settings.intensity.periodMs : undefined);
  draft.orders.push({ do: 'tell', fact: { type: 'child.ready', id } });
  advance(draft);
}

/** A child's present incarnation is over. */
export function childExited(draft: Draft, id: string, exit: Exit): void {
  const child = find(draft, id);
  if (child === undefined || !isAlive(child)) return;
  bury(draft, child, exit);
  advance(draft);
}

/** A phase's time is up: `starting` took too long, `stopping` did, the backoff is over, or a restarted child has settled. */
export function phaseOverdue(draft: Draft, id: string, incarnation: number, phase: ChildPhase): void {
  const child = find(draft, id);
  if (child?.incarnation !== incarnation || child.phase !== phase) return;
  if (phase === 'running') child.failures = 0;
  if (phase === 'restarting') enter(draft, child, 'waiting');
  if (phase === 'starting') {
    child.halt = 'restart-for-itself';
    askToStop(draft, child);
  }
  if (phase === 'stopping') {
    bury(draft, child, { how: 'killed', error: `still alive ${child.spec.shutdownMs} ms after child.stop` });
  }
  advance(draft);
}

/** A restart is older than the period: the budget has it back. */
export function restartForgotten(draft: Draft): void {
  draft.spent -= 1;
}

/** Adds a dynamic child, or starts one of the fixed children that has ended. */
export function addChild(draft: Draft, spec: ChildSpec): void {
  const present = find(draft, spec.id);
  const reason = specProblem(spec) ?? (present && !hasEnded(present) ? `it is ${present.phase}` : undefined);
  if (reason !== undefined) {
    refuseChild(draft, spec.id, reason);
    return;
  }
  const child = newChild(spec, present === undefined, draft.settings.now());
  draft.children = present
    ? draft.children.map((each) => (each === present ? child : each))
    : [...draft.children, child];
  advance(draft);
}

/** Tells observers that a child was not started, and why. */
export function refuseChild(draft: Draft, id: string, reason: string): void {
  draft.orders.push({ do: 'tell', fact: { type: 'child.refused', id, reason } });
}

/** Stops one child for good, whatever its restart type. */
export function terminateChild(draft: Draft, id: string): void {
  const child = find(draft, id);
  if (child === undefined || hasEnded(child)) return;
  child.dismissed = true;
  if (isAlive(child)) {
    child.halt = 'end';
    askToStop(draft, child);
  } else {
    end(draft, child, 'stopped');
  }
  advance(draft);
}

/** Stops every child for good: dynamic ones together, then the others one by one in reverse start order. */
export function haltAll(draft: Draft): void {
  for (const child of draft.children) {
    if (isAlive(child)) child.halt = 'end';
    else if (!hasEnded(child)) end(draft, child, 'stopped');
  }
  advance(draft);
}

function stopNext(draft: Draft): void {
  for (;;) {
    const leaving = draft.children.filter((child) => child.halt !== undefined && isAlive(child));
    const dynamic = leaving.filter((child) => child.dynamic);
    const next = dynamic.length > 0 ? dynamic : leaving.slice(-1);
    const unasked = next.filter((child) => child.phase !== 'stopping');
    if (unasked.length === 0) return;
    for (const child of unasked) askToStop(draft, child);
  }
}

function askToStop(draft: Draft, child: Child): void {
  if (child.phase === 'stopping') return;
  if (child.spec.shutdownMs === 'brutal') {
    bury(draft, child, { how: 'stopped' });
    return;
  }
  enter(draft, child, 'stopping', child.spec.shutdownMs);
  draft.orders.push({ do: 'ask-to-stop', id: child.spec.id });
}

function startNext(draft: Draft): void {
  for (const child of draft.children)
    if (child.phase === 'waiting' && mayStart(draft, child)) start(draft, child);
}

function mayStart(draft: Draft, child: Child): boolean {
  const fixed = draft.children.filter((each) => !each.dynamic);
  const earlier = child.dynamic ? fixed : fixed.slice(0, fixed.indexOf(child));
  if (draft.settings.strategy === 'one-for-one') {
    return child.hasBeenUp || earlier.every((each) => each.hasBeenUp || hasEnded(each));
  }
  const groupIsGone = !draft.children.some((each) => each.halt === 'restart-with-group');
  const backoffIsOver = !fixed.some((each) => each.phase === 'restarting');
  return groupIsGone && backoffIsOver && earlier.every((each) => each.phase === 'running' || hasEnded(each));
}

function start(draft: Draft, child: Child): void {
  draft.incarnations += 1;
  child.incarnation = draft.incarnations;
  enter(draft, child, 'starting', child.spec.readyMs);
  draft.orders.push(
    { do: 'tell', fact: { type: 'child.started', id: child.spec.id } },
    { do: 'start', child },
  );
}

function bury(draft: Draft, child: Child, exit: Exit): void {
  const { halt, phase, spec } = child;
  const seen = halt === 'restart-for-itself' ? notReady(spec) : exit;
  const how = seen.how === 'normal' && phase === 'stopping' ? 'stopped' : seen.how;
  const error = seen.error === undefined ? {} : { error: seen.error };
  child.halt = undefined;
  child.lastError = seen.error ?? child.lastError;
  draft.orders.push(
    { do: 'remove', id: spec.id },
    { do: 'tell', fact: { type: 'child.exited', id: spec.id, how, ...error } },
  );
  const revives = spec.restart === 'permanent' || (spec.restart === 'transient' && how === 'failed');
  if (halt === 'restart-with-group' && spec.restart !== 'temporary') enter(draft, child, 'waiting');
  else if (halt === 'end' || halt === 'restart-with-group' || !revives) end(draft, child, how);
  else restart(draft, child, seen.error ?? 'it ended, and is permanent');
}

function notReady(spec: ChildSpec): Exit {
  return { how: 'failed', error: `not ready ${spec.readyMs ?? 0} ms after its start` };
}

function end(draft: Draft, child: Child, how: Exit['how']): void {
  enter(draft, child, how === 'normal' ? 'stopped' : how);
  if (child.dynamic) draft.children = draft.children.filter((each) => each !== child);
}

function restart(draft: Draft, child: Child, error: string): void {
  const { id } = child.spec;
  if (draft.spent >= draft.settings.intensity.restarts) {
    enter(draft, child, 'failed');
    draft.escalation = { childId: id, error };
    draft.orders.push({ do: 'tell', fact: { type: 'supervisor.escalated', childId: id, error } });
    return;
  }
  const delayMs = backoffMs(child.failures, draft.settings.backoff, draft.settings.random);
  draft.spent += 1;
  child.restarts += 1;
  child.failures += 1;
  enter(draft, child, 'restarting', delayMs);
  const fact: SupervisorFact = { type: 'child.restarting', id, restarts: child.restarts, delayMs };
  draft.orders.push({ do: 'remember-restart' }, { do: 'tell', fact });
  for (const sibling of groupOf(draft, child)) restartWithGroup(draft, sibling);
}

function groupOf(draft: Draft, child: Child): Child[] {
  const { strategy } = draft.settings;
  if (child.dynamic || strategy === 'one-for-one') return [];
  const first = strategy === 'one-for-all' ? 0 : draft.children.indexOf(child);
  return draft.children.slice(first).filter((each) => each !== child);
}

function restartWithGroup(draft: Draft, sibling: Child): void {
  if (isAlive(sibling)) sibling.halt = sibling.halt === 'end' ? 'end' : 'restart-with-group';
  else if (sibling.phase === 'restarting') enter(draft, sibling, 'waiting');
  else if (hasEnded(sibling) && !sibling.dismissed && sibling.spec.restart !== 'temporary') {
    enter(draft, sibling, 'waiting');
  }
}

function enter(draft: Draft, child: Child, phase: ChildPhase, limitMs?: number): void {
  child.phase = phase;
  child.since = draft.settings.now();
  draft.orders.push({ do: 'stop-waiting', id: child.spec.id });
  if (limitMs !== undefined) draft.orders.push({ do: 'wait', child: { ...child }, delayMs: limitMs });
}
