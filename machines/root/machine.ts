import { assign, sendTo, setup } from 'xstate';
import { supervisorMachine } from '../supervisor/machine.ts';
import type { ChildReady } from '../supervisor/protocol.ts';
import type { SupervisorInput } from '../supervisor/spec.ts';
import type { RootCommand, RootOutput } from './protocol.ts';

type RootEvent = RootCommand | ChildReady;

/**
 * The daemon's life.
 *
 *     starting ──every child is up──▶ running ──root.stop──▶ stopping ──▶ stopped
 *        └───────────── root.stop ──────────────────────────▲
 *     the supervisor gives up, in any state ────────────────────────────▶ stopped (output: escalated)
 *
 * Start order and stop order are the supervisor's, from the array of child specs that it is given.
 */
export const rootMachine = setup({
  types: {
    context: {} as { tree: SupervisorInput; output: RootOutput | undefined },
    input: {} as { tree: SupervisorInput },
    events: {} as RootEvent,
    output: {} as RootOutput,
    children: {} as { tree: 'supervisor' },
  },
  actors: { supervisor: supervisorMachine },
  actions: {
    announceRunning: (): void => {
      throw new Error('root machine: action "announceRunning" was not provided');
    },
    stopTree: sendTo('tree', { type: 'supervisor.stop' }),
    keepOutput: assign({ output: (_, output: RootOutput) => output }),
  },
}).createMachine({
  id: 'root',
  context: ({ input }) => ({ ...input, output: undefined }),
  initial: 'starting',
  invoke: {
    id: 'tree',
    src: 'supervisor',
    input: ({ context }) => context.tree,
    onDone: { target: '.stopped', actions: { type: 'keepOutput', params: ({ event }) => event.output } },
  },
  states: {
    starting: {
      on: {
        'child.ready': { target: 'running', actions: 'announceRunning' },
        'root.stop': 'stopping',
      },
    },
    running: { on: { 'root.stop': 'stopping' } },
    stopping: { entry: 'stopTree' },
    stopped: { type: 'final' },
  },
  output: ({ context }) => {
    if (context.output === undefined) throw new Error('root machine ended before its tree');
    return context.output;
  },
});
