import {
  assertEvent,
  assign,
  cancel,
  fromCallback,
  fromPromise,
  raise,
  sendParent,
  sendTo,
  setup,
} from 'xstate';
import type { AcceptedBatch } from '../../src/lib/journal/intake.ts';
import type { OpenFifo } from '../../src/lib/wire/fifo.ts';
import { childReady } from '../lib/child-ready.ts';
import { placeholder } from '../lib/placeholder.ts';
import { tell } from '../neighbours.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { ClosePipeInput, FifoReaderCommand, PipeCommand, PipeFact, PipeInput } from './protocol.ts';

type FifoReaderEvent =
  | FifoReaderCommand
  | PipeFact
  | ChildCommand
  /** To itself. */
  | { type: 'fifo.verify' };

interface FifoReaderContext {
  fifo: OpenFifo | undefined;
  paused: boolean;
  /** Reason why nothing is read at the moment, in a sentence. */
  stuckBecause: string | undefined;
}

/**
 * Reads the pipe into the journal for as long as the daemon takes events.
 *
 *     opening ──▶ reading { flowing ⇄ held } ──pipe gone──▶ replacing ──▶ opening
 *        ▲            │ journal refuses (full disk)
 *        └─ retry ─ stuck                        child.stop ──▶ closing ──▶ stopped
 *
 * `held` is the mailbox saying that it is full, `stuck` the journal saying that it cannot keep more: in both,
 * bytes stay in the pipe and writers wait in the kernel.
 */
export const fifoReaderMachine = setup({
  types: {
    context: {} as FifoReaderContext,
    events: {} as FifoReaderEvent,
  },
  actors: {
    openPipe: fromPromise<OpenFifo>(placeholder('fifo-reader', 'openPipe')),
    readPipe: fromCallback<PipeCommand, PipeInput>(placeholder('fifo-reader', 'readPipe')),
    /** Resolves to the lines that were still in the pipe. */
    closePipe: fromPromise<readonly AcceptedBatch[], ClosePipeInput>(placeholder('fifo-reader', 'closePipe')),
  },
  actions: {
    /** Puts accepted lines into the mailbox. */
    deliver: placeholder<{ batches: readonly AcceptedBatch[] }>('fifo-reader', 'deliver'),
    reportStuck: placeholder<{ reason: string }>('fifo-reader', 'reportStuck'),
    reportReplaced: placeholder('fifo-reader', 'reportReplaced'),
    tellMailbox: ({ system }) => tell(system, 'mailbox', { type: 'mail.arrived' }),
    announceReady: sendParent(childReady),
    keepFifo: assign({ fifo: (_, params: { fifo: OpenFifo }) => params.fifo, stuckBecause: undefined }),
    dropFifo: assign({ fifo: undefined }),
    rememberStuck: assign({
      stuckBecause: ({ event }) => {
        assertEvent(event, 'fifo.stuck');
        return event.reason;
      },
    }),
    rememberFailure: assign({ stuckBecause: (_, params: { reason: string }) => params.reason }),
    rememberPause: assign({ paused: true }),
    forgetPause: assign({ paused: false }),
    pausePipe: sendTo('pipe', { type: 'pipe.pause' }),
    resumePipe: sendTo('pipe', { type: 'pipe.resume' }),
    verifyPipe: sendTo('pipe', { type: 'pipe.verify' }),
    verifyLater: raise({ type: 'fifo.verify' }, { delay: 'verifyInterval', id: 'verify' }),
    stopVerifying: cancel('verify'),
  },
  guards: {
    isPaused: ({ context }) => context.paused,
    hasFifo: ({ context }) => context.fifo !== undefined,
  },
  delays: {
    verifyInterval: 1_000,
    retryInterval: 1_000,
  },
}).createMachine({
  id: 'fifo-reader',
  context: { fifo: undefined, paused: false, stuckBecause: undefined },
  initial: 'opening',
  on: {
    'reader.pause': { actions: 'rememberPause' },
    'reader.resume': { actions: 'forgetPause' },
    'child.stop': '.closing',
  },
  states: {
    opening: {
      invoke: {
        src: 'openPipe',
        onDone: {
          target: 'reading',
          actions: [{ type: 'keepFifo', params: ({ event }) => ({ fifo: event.output }) }, 'announceReady'],
        },
        onError: {
          target: 'stuck',
          actions: [
            { type: 'rememberFailure', params: ({ event }) => ({ reason: String(event.error) }) },
            { type: 'reportStuck', params: ({ event }) => ({ reason: String(event.error) }) },
          ],
        },
      },
    },
    reading: {
      invoke: {
        id: 'pipe',
        src: 'readPipe',
        input: ({ context }) => ({ fifo: context.fifo as OpenFifo, paused: context.paused }),
      },
      entry: 'verifyLater',
      exit: 'stopVerifying',
      initial: 'choosing',
      states: {
        choosing: { always: [{ guard: 'isPaused', target: 'held' }, { target: 'flowing' }] },
        flowing: { on: { 'reader.pause': { target: 'held', actions: ['rememberPause', 'pausePipe'] } } },
        held: { on: { 'reader.resume': { target: 'flowing', actions: ['forgetPause', 'resumePipe'] } } },
      },
      on: {
        'fifo.batch': {
          actions: [{ type: 'deliver', params: ({ event }) => ({ batches: [event.batch] }) }, 'tellMailbox'],
        },
        'fifo.verify': { actions: ['verifyPipe', 'verifyLater'] },
        'fifo.lost': { target: 'replacing', actions: 'reportReplaced' },
        'fifo.stuck': {
          target: 'stuck',
          actions: [
            'rememberStuck',
            { type: 'reportStuck', params: ({ event }) => ({ reason: event.reason }) },
          ],
        },
      },
    },
    stuck: {
      after: { retryInterval: [{ guard: 'hasFifo', target: 'reading' }, { target: 'opening' }] },
    },
    replacing: {
      invoke: {
        src: 'closePipe',
        input: ({ context }) => ({ fifo: context.fifo }),
        onDone: {
          target: 'opening',
          actions: [{ type: 'deliver', params: ({ event }) => ({ batches: event.output }) }, 'tellMailbox'],
        },
        onError: 'opening',
      },
      exit: 'dropFifo',
    },
    closing: {
      on: { 'child.stop': {} },
      invoke: {
        src: 'closePipe',
        input: ({ context }) => ({ fifo: context.fifo }),
        onDone: {
          target: 'stopped',
          actions: [{ type: 'deliver', params: ({ event }) => ({ batches: event.output }) }, 'tellMailbox'],
        },
        onError: 'stopped',
      },
    },
    stopped: { type: 'final' },
  },
});
