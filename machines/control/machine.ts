import { assign, fromCallback, fromPromise, sendParent, sendTo, setup } from 'xstate';
import { childReady } from '../lib/child-ready.ts';
import { placeholder } from '../lib/placeholder.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { ControlServerCommand, ControlServerFact, ControlServerInput } from './protocol.ts';

/** News for inspectors is gathered so long: at most ten batches a second. */
const gatherMs = 100;

/**
 * The door of the command line: one Unix socket.
 *
 *     opening ──listening──▶ open ──child.stop──▶ closing ──closed──▶ stopped
 *        └──────── failed ────┴──▶ failing (an error to the supervisor)
 *
 * Open it is quiet, or gathers for those who inspect the actors.
 */
export const controlMachine = setup({
  types: {
    context: {} as ControlServerInput & { failure: string | undefined },
    input: {} as ControlServerInput,
    events: {} as ControlServerFact | ChildCommand,
  },
  actors: {
    server: fromCallback<ControlServerCommand, ControlServerInput>(placeholder('control', 'server')),
    fail: fromPromise<never, { reason: string | undefined }>(({ input }) =>
      Promise.reject(new Error(input.reason)),
    ),
  },
  actions: {
    announceReady: sendParent(childReady),
    closeServer: sendTo('server', { type: 'child.stop' }),
    flush: sendTo('server', { type: 'inspections.flush' }),
    rememberFailure: assign({ failure: (_, reason: string) => reason }),
  },
  delays: { gather: gatherMs },
}).createMachine({
  id: 'control',
  context: ({ input }) => ({ ...input, failure: undefined }),
  invoke: { id: 'server', src: 'server', input: ({ context }) => context },
  initial: 'opening',
  on: {
    'control.failed': {
      target: '.failing',
      actions: { type: 'rememberFailure', params: ({ event }) => event.message },
    },
    'child.stop': '.closing',
  },
  states: {
    opening: { on: { 'control.listening': { target: 'open', actions: 'announceReady' } } },
    open: {
      initial: 'quiet',
      states: {
        quiet: { on: { 'inspections.pending': 'gathering' } },
        gathering: { after: { gather: { target: 'quiet', actions: 'flush' } } },
      },
    },
    closing: {
      entry: 'closeServer',
      on: { 'control.closed': 'stopped', 'control.failed': 'stopped', 'child.stop': {} },
    },
    failing: { invoke: { src: 'fail', input: ({ context }) => ({ reason: context.failure }) } },
    stopped: { type: 'final' },
  },
});
