import {
  type AnyActorLogic,
  type AnyActorRef,
  assertEvent,
  type DoneActorEvent,
  type ErrorActorEvent,
  setup,
} from 'xstate';
import { childOf, exitOf, stopOrphansOf } from './exit.ts';
import {
  type Child,
  type ChildPhase,
  type Draft,
  type Family,
  isEveryChildGone,
  isEveryChildUp,
  newFamily,
  type Order,
  step,
} from './family.ts';
import {
  addChild,
  advance,
  childExited,
  childReady,
  childSpawned,
  haltAll,
  phaseOverdue,
  refuseChild,
  restartForgotten,
  terminateChild,
} from './plan.ts';
import type {
  ChildCommand,
  ChildFact,
  SupervisorCommand,
  SupervisorFact,
  SupervisorOutput,
} from './protocol.ts';
import { errorText, settingsOf, type SupervisorInput } from './spec.ts';

/** Events of a supervisor; it sends the last four to itself. */
type SupervisorEvent =
  | SupervisorCommand
  | ChildCommand
  | ChildFact
  | DoneActorEvent
  | ErrorActorEvent
  | { type: 'supervisor.begin' }
  | { type: 'supervisor.spawned'; id: string; incarnation: number }
  | { type: 'supervisor.overdue'; id: string; incarnation: number; phase: ChildPhase }
  | { type: 'supervisor.restart-forgotten' };

/** Empty: the logic comes with the specs. Its type tells XState that any id may be spawned. */
const logicByName: Record<string, AnyActorLogic> = {};

const base = setup({
  types: {
    context: {} as Family,
    input: {} as SupervisorInput,
    events: {} as SupervisorEvent,
    output: {} as SupervisorOutput,
    emitted: {} as SupervisorFact,
  },
  actors: logicByName,
});

type Scope = Parameters<Parameters<typeof base.enqueueActions>[0]>[0];

/** An action that lets the plan make one step and carries out the orders that come of it. */
function planned(change: (draft: Draft, event: SupervisorEvent, self: AnyActorRef) => void) {
  return base.enqueueActions((scope) => {
    const { family, orders } = step(scope.context, (draft) => change(draft, scope.event, scope.self));
    scope.enqueue.assign(family);
    for (const order of orders) carryOut(order, scope);
  });
}

function carryOut(order: Order, scope: Scope): void {
  const { context, enqueue, self } = scope;
  switch (order.do) {
    case 'start':
      spawn(order.child, scope);
      break;
    case 'ask-to-stop': {
      // An actor that has ended is no longer registered, and its exit is in our mailbox.
      const ref = scope.system.get(order.id) as AnyActorRef | undefined;
      if (ref?._parent === self) enqueue.sendTo(ref, { type: 'child.stop' });
      break;
    }
    case 'remove':
      enqueue(() => stopOrphansOf(childOf(self, order.id)));
      enqueue.stopChild(order.id);
      break;
    case 'wait': {
      const { incarnation, phase, spec } = order.child;
      const overdue = { type: 'supervisor.overdue', id: spec.id, incarnation, phase } as const;
      enqueue.raise(overdue, { id: spec.id, delay: order.delayMs });
      break;
    }
    case 'stop-waiting':
      enqueue.cancel(order.id);
      break;
    case 'remember-restart':
      enqueue.raise({ type: 'supervisor.restart-forgotten' }, { delay: context.settings.intensity.periodMs });
      break;
    case 'tell':
      enqueue.emit(order.fact);
  }
}

/** A name that is taken or an input that throws would be this machine's own error inside `spawnChild`: it comes first. */
function spawn({ incarnation, spec }: Child, { enqueue, self, system }: Scope): void {
  const { id, logic, input } = spec;
  try {
    const holder = system.get(id) as AnyActorRef | undefined;
    if (holder !== undefined && holder._parent !== self) throw new Error(`the system id "${id}" is taken`);
    const value: unknown = typeof input === 'function' ? (input as () => unknown)() : input;
    enqueue.spawnChild(logic, { id, systemId: id, input: () => value });
    enqueue.sendTo(self, { type: 'supervisor.spawned', id, incarnation });
  } catch (error) {
    enqueue.sendTo(self, { type: 'child.failed', id, error });
  }
}

/**
 * An OTP supervisor. Its children are data (`ChildSpec`); `plan.ts` holds the rules, this machine the times.
 *
 *     active ──supervisor.stop / child.stop──▶ stopping ──no child left──▶ stopped
 *     ├─ starting ──all fixed children up──▶ running
 *     └─────────budget spent─────────────────▶ escalating ──no child left──▶ escalated
 *
 * Exits are handled at the root, in every state, so that no child's error can become this machine's own. What an exit
 * was is read from the child's actor and not from the event: an event of an earlier incarnation finds a living actor,
 * or none, and is ignored. To a parent supervisor the output `escalated` is an abnormal exit.
 */
export const supervisorMachine = base
  .extend({
    actions: {
      // XState starts the children of an initial state before it emits anything: observers would miss their first facts.
      sendBegin: base.sendTo(({ self }: { self: AnyActorRef }) => self, { type: 'supervisor.begin' }),
      startChildren: planned(advance),
      haltChildren: planned(haltAll),
      noteExit: planned((draft, event, self) => {
        if (!('actorId' in event)) return;
        const exit = exitOf(childOf(self, event.actorId));
        if (exit !== undefined) childExited(draft, event.actorId, exit);
      }),
      noteFailed: planned((draft, event) => {
        assertEvent(event, 'child.failed');
        childExited(draft, event.id, { how: 'failed', error: errorText(event.error) });
      }),
      noteStopped: planned((draft, event) => {
        assertEvent(event, 'child.stopped');
        childExited(draft, event.id, { how: 'normal' });
      }),
      noteSpawned: planned((draft, event) => {
        assertEvent(event, 'supervisor.spawned');
        childSpawned(draft, event.id, event.incarnation);
      }),
      noteReady: planned((draft, event) => {
        assertEvent(event, 'child.ready');
        childReady(draft, event.id);
      }),
      noteOverdue: planned((draft, event) => {
        assertEvent(event, 'supervisor.overdue');
        phaseOverdue(draft, event.id, event.incarnation, event.phase);
      }),
      forgetRestart: planned(restartForgotten),
      addChild: planned((draft, event) => {
        assertEvent(event, 'supervisor.start');
        addChild(draft, event.spec);
      }),
      refuseChild: planned((draft, event) => {
        assertEvent(event, 'supervisor.start');
        refuseChild(draft, event.spec.id, 'the supervisor is stopping');
      }),
      terminateChild: planned((draft, event) => {
        assertEvent(event, 'supervisor.terminate');
        terminateChild(draft, event.id);
      }),
      tellParentReady: base.enqueueActions(({ enqueue, self }) => {
        if (self._parent !== undefined) enqueue.sendParent({ type: 'child.ready', id: self.id });
      }),
    },
    guards: {
      isEveryChildUp: ({ context }) => isEveryChildUp(context),
      isEveryChildGone: ({ context }) => isEveryChildGone(context),
      isBudgetSpent: ({ context }) => context.escalation !== undefined,
    },
  })
  .createMachine({
    id: 'supervisor',
    options: { maxIterations: 1_000 },
    context: ({ input }) => newFamily(input.children, settingsOf(input)),
    initial: 'active',
    on: {
      'xstate.done.actor.*': { actions: 'noteExit' },
      'xstate.error.actor.*': { actions: 'noteExit' },
      'child.failed': { actions: 'noteFailed' },
      'child.stopped': { actions: 'noteStopped' },
      'child.ready': { actions: 'noteReady' },
      'supervisor.begin': { actions: 'startChildren' },
      'supervisor.spawned': { actions: 'noteSpawned' },
      'supervisor.overdue': { actions: 'noteOverdue' },
      'supervisor.restart-forgotten': { actions: 'forgetRestart' },
      'supervisor.start': { actions: 'refuseChild' },
    },
    states: {
      active: {
        entry: 'sendBegin',
        initial: 'starting',
        always: { guard: 'isBudgetSpent', target: 'escalating' },
        on: {
          'supervisor.start': { actions: 'addChild' },
          'supervisor.terminate': { actions: 'terminateChild' },
          'supervisor.stop': 'stopping',
          'child.stop': 'stopping',
        },
        states: {
          starting: { always: { guard: 'isEveryChildUp', target: 'running' } },
          running: { entry: 'tellParentReady' },
        },
      },
      stopping: { entry: 'haltChildren', always: { guard: 'isEveryChildGone', target: 'stopped' } },
      stopped: { type: 'final' },
      escalating: { entry: 'haltChildren', always: { guard: 'isEveryChildGone', target: 'escalated' } },
      escalated: { type: 'final' },
    },
    output: ({ context: { escalation } }) =>
      escalation === undefined ? { outcome: 'stopped' } : { outcome: 'escalated', ...escalation },
  });
