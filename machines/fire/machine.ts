import { assign, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import type { RunResult } from '../../src/schedule/fire-end.ts';
import type { FireEnd, StopCause } from '../../src/schedule/job.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, onStoreTrouble, tellRefusal, thrown, type Thrown } from '../lib/store-trouble.ts';
import type {
  BeginAnswer,
  BeginRequest,
  FireCommand,
  FireInput,
  FireOutput,
  RecordFireRequest,
  RunCommand,
  RunFact,
  RunRequest,
} from './protocol.ts';

interface FireContext {
  fire: FireInput;
  startedAt: Date;
  result: RunResult;
  end: FireOutput;
}

/**
 * One run of a job. It begins with a row that this daemon has claimed, and ends when the row says how it went.
 *
 *     beginning ──begun──▶ live.running ──ended──▶ recording ──▶ over
 *       │ not ours           │ timeout, fire.stop     ▲ ⇅ store away, trouble
 *       ▼                    ▼                        │
 *      over                live.stopping ──ended, or left behind after a while
 *
 * The first reason to stop counts. A run that goes on after its signal is left behind, so that one that is stuck never
 * stops the series. When the daemon stops, one that can be resumed stays open in its row.
 */
export const fireMachine = setup({
  types: {
    context: {} as FireContext,
    input: {} as FireInput,
    events: {} as FireCommand | RunFact,
    output: {} as FireOutput,
  },
  actors: {
    begin: fromPromise<BeginAnswer, BeginRequest>(placeholder('fire', 'begin')),
    /** Sends `run.ended` once; its signal aborts on `run.stop`, and when it is stopped itself. */
    run: fromCallback<RunCommand, RunRequest>(placeholder('fire', 'run')),
    record: fromPromise<FireEnd, RecordFireRequest>(placeholder('fire', 'record')),
  },
  actions: {
    reportFailure: placeholder<Thrown>('fire', 'reportFailure'),
    tellRefusal,
    keepStart: assign({ startedAt: (_, startedAt: Date) => startedAt }),
    keepResult: assign({
      result: ({ context }, result: RunResult) => ({ ...context.result, ...result }),
    }),
    keepCause: assign({
      result: ({ context }, cause: StopCause) => ({ cause, ...context.result }),
    }),
    leaveBehind: assign({ result: ({ context }) => ({ ...context.result, isLeft: true }) }),
    stopRun: sendTo('run', ({ context }): RunCommand => ({
      type: 'run.stop',
      cause: context.result.cause ?? 'timeout',
    })),
    keepEnd: assign({ end: (_, end: FireEnd) => end }),
  },
  guards: {
    isStoreAway,
    isOurs: (_, answer: BeginAnswer) => answer !== undefined,
    isStopped: ({ context }) => context.result.cause !== undefined,
    isLeftForLater: ({ context }) => isLeftForLater(context),
    /** Nothing was started that a later life would have to know. */
    isShutDown: ({ context }) => context.result.cause === 'shutdown',
  },
  delays: {
    timeout: ({ context }) => context.fire.timeoutMs,
    /** From the signal until nobody waits any more. */
    leaveBehind: 30_000,
    storeRetry: 2_000,
    failureRetry: 30_000,
  },
}).createMachine({
  id: 'fire',
  context: ({ input }) => ({ fire: input, startedAt: input.nominalAt, result: {}, end: undefined }),
  initial: 'beginning',
  output: ({ context }) => context.end,
  states: {
    beginning: {
      initial: 'asking',
      on: { 'fire.stop': { actions: { type: 'keepCause', params: ({ event }) => event.cause } } },
      states: {
        asking: {
          invoke: {
            id: 'begin',
            src: 'begin',
            input: ({ context }) => ({ fire: context.fire }),
            onDone: [
              {
                guard: { type: 'isOurs', params: ({ event }) => event.output },
                target: '#fire.begun',
                actions: { type: 'keepStart', params: ({ event }) => event.output as Date },
              },
              { target: '#fire.over' },
            ],
            onError: onStoreTrouble({
              away: { target: 'waiting', actions: { type: 'tellRefusal', params: thrown } },
              otherwise: { target: 'pausing', actions: { type: 'reportFailure', params: thrown } },
            }),
          },
        },
        waiting: { always: { guard: 'isShutDown', target: '#fire.over' }, after: { storeRetry: 'asking' } },
        pausing: { always: { guard: 'isShutDown', target: '#fire.over' }, after: { failureRetry: 'asking' } },
      },
    },
    begun: {
      always: [
        { guard: 'isLeftForLater', target: 'over' },
        { guard: 'isStopped', target: 'recording' },
        { target: 'live' },
      ],
    },
    live: {
      invoke: {
        id: 'run',
        src: 'run',
        input: ({ context: { fire, startedAt } }) => ({ fire, startedAt }),
      },
      initial: 'running',
      on: {
        'run.ended': {
          target: 'ended',
          actions: { type: 'keepResult', params: ({ event }) => event.result },
        },
      },
      states: {
        running: {
          after: {
            timeout: { target: 'stopping', actions: { type: 'keepCause', params: 'timeout' as const } },
          },
          on: {
            'fire.stop': {
              target: 'stopping',
              actions: { type: 'keepCause', params: ({ event }) => event.cause },
            },
          },
        },
        stopping: {
          entry: 'stopRun',
          after: { leaveBehind: { target: '#fire.ended', actions: 'leaveBehind' } },
        },
      },
    },
    ended: { always: [{ guard: 'isLeftForLater', target: 'over' }, { target: 'recording' }] },
    recording: {
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            id: 'record',
            src: 'record',
            input: ({ context: { fire, result } }) => ({ fire, result }),
            onDone: {
              target: '#fire.over',
              actions: { type: 'keepEnd', params: ({ event }) => event.output },
            },
            onError: onStoreTrouble({
              away: { target: 'waiting', actions: { type: 'tellRefusal', params: thrown } },
              otherwise: { target: 'pausing', actions: { type: 'reportFailure', params: thrown } },
            }),
          },
        },
        waiting: { after: { storeRetry: 'asking' } },
        pausing: { after: { failureRetry: 'asking' } },
      },
    },
    over: { type: 'final' },
  },
});

function isLeftForLater({ fire, result }: FireContext): boolean {
  return fire.canResume && result.cause === 'shutdown';
}
