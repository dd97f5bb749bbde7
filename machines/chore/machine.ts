import { assign, fromCallback, fromPromise, setup } from 'xstate';
import { placeholder } from '../lib/placeholder.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { AlarmFact, ChoreInput } from './protocol.ts';

type ChoreEvent = ChildCommand | AlarmFact;

/**
 * Something that has to be done now and then, such as deleting what is not needed any more.
 *
 *     resting ──rested, wake──▶ working ──▶ resting    child.stop ──▶ (workingLast) ──▶ stopped
 *
 * Asked to stop while it works, it lets that run end first: two at once would be in each other's way.
 * A run that fails is reported and made again after the next rest. Where `alarm` wakes it while it works, it runs again at once.
 */
export const choreMachine = setup({
  types: {
    context: {} as ChoreInput & { stopping: boolean; woken: boolean },
    input: {} as ChoreInput,
    events: {} as ChoreEvent,
  },
  actors: {
    work: fromPromise<unknown>(placeholder('chore', 'work')),
    /** Sends `chore.wake` when there is something to do before the rest is over; it may never do so. */
    alarm: fromCallback(placeholder('chore', 'alarm')),
  },
  actions: {
    beginStopping: assign({ stopping: true }),
    noteWake: assign({ woken: true }),
    forgetWake: assign({ woken: false }),
    reportFailure: placeholder<{ error: unknown }>('chore', 'reportFailure'),
  },
  guards: {
    isStopping: ({ context }) => context.stopping,
    wasWoken: ({ context }) => context.woken,
    runsLast: ({ context }) => context.runsLast,
  },
  delays: { rest: ({ context }) => context.restMs },
}).createMachine({
  id: 'chore',
  context: ({ input }) => ({ ...input, stopping: false, woken: false }),
  invoke: { id: 'alarm', src: 'alarm' },
  initial: 'resting',
  states: {
    resting: {
      after: { rest: 'working' },
      on: { 'child.stop': 'stopping', 'chore.wake': 'working' },
    },
    working: {
      entry: 'forgetWake',
      invoke: {
        src: 'work',
        onDone: 'worked',
        onError: {
          target: 'worked',
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { 'child.stop': { actions: 'beginStopping' }, 'chore.wake': { actions: 'noteWake' } },
    },
    worked: {
      always: [
        { guard: 'isStopping', target: 'stopping' },
        { guard: 'wasWoken', target: 'working' },
        { target: 'resting' },
      ],
    },
    stopping: { always: [{ guard: 'runsLast', target: 'workingLast' }, { target: 'stopped' }] },
    workingLast: {
      invoke: {
        src: 'work',
        onDone: 'stopped',
        onError: {
          target: 'stopped',
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    stopped: { type: 'final' },
  },
});
