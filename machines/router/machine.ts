import { assign, fromPromise, sendParent, sendTo, setup } from 'xstate';
import type { Mailbox } from '../../src/lib/mailbox/mailbox.ts';
import type { RecordQueue } from '../../src/events/router/record-queue.ts';
import type { RecordedBatch } from '../../src/events/router/record-routed.ts';
import { childReady } from '../lib/child-ready.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, onStoreTrouble, tellRefusal, thrown, type Thrown } from '../lib/store-trouble.ts';
import { tell } from '../neighbours.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { RecordInput, RouterCommand } from './protocol.ts';

export interface RouterInput {
  mailbox: Pick<Mailbox, 'depth'>;
  /** Routed events on their way into the store; they outlive a restart of this actor. */
  queue: RecordQueue;
  /** Events recorded with one statement. */
  batchSize: number;
}

type RouterEvent =
  | RouterCommand
  | ChildCommand
  /** To itself. */
  | { type: 'router.begin' };

interface RouterContext extends RouterInput {
  stopping: boolean;
  awayBecause: string | undefined;
}

/**
 * Takes mail when it has room, routes it at once, and records what it routed a batch at a time.
 *
 *     starting ──▶ idle ⇄ recording
 *                                        │ store away
 *                                        ▼
 *                                     waiting ──store ready, or a moment later──▶ idle
 *     child.stop: goes on until nothing waits, then stopped; the journal keeps what its deadline cuts off
 *
 * A HUMAN event is routed the moment it arrives, whatever is being recorded, and leads the next batch.
 */
export const routerMachine = setup({
  types: {
    context: {} as RouterContext,
    input: {} as RouterInput,
    events: {} as RouterEvent,
  },
  actors: {
    record: fromPromise<RecordedBatch, RecordInput>(placeholder('router', 'record')),
  },
  actions: {
    /** Takes mail from the mailbox, routes it and puts it into the queue: HUMAN events always, others while there is room. */
    pull: placeholder('router', 'pull'),
    count: placeholder<RecordedBatch>('router', 'count'),
    wakeTasks: ({ system }, { tasks }: RecordedBatch) => {
      if (tasks > 0) tell(system, 'tasks', { type: 'tasks.wake' });
    },
    announceReady: sendParent(childReady),
    tellMailbox: ({ system }) => tell(system, 'mailbox', { type: 'mailbox.taken' }),
    begin: sendTo(({ self }) => self, { type: 'router.begin' }),
    settle: ({ context }) => context.queue.settle(),
    putBack: ({ context }) => context.queue.putBack(),
    rememberAway: assign({ awayBecause: (_, { error }: Thrown) => String(error) }),
    forgetAway: assign({ awayBecause: undefined }),
    tellRefusal,
    beginStopping: assign({ stopping: true }),
    fail: (_, { error }: Thrown) => {
      throw error;
    },
  },
  guards: {
    hasWork: ({ context }) => context.queue.waiting() > 0,
    isFinished: ({ context }) =>
      context.stopping && context.queue.waiting() === 0 && context.mailbox.depth() === 0,
    isStopping: ({ context }) => context.stopping,
    isStoreAway,
  },
  delays: {
    retryInterval: 1_000,
  },
}).createMachine({
  id: 'router',
  context: ({ input }) => ({ ...input, stopping: false, awayBecause: undefined }),
  initial: 'starting',
  on: {
    'child.stop': { actions: 'beginStopping' },
  },
  states: {
    starting: {
      // XState runs no action before an actor has started, so that the first pull needs an event of its own.
      entry: ['putBack', 'announceReady', 'begin'],
      on: { 'router.begin': 'idle' },
    },
    idle: {
      entry: ['pull', 'tellMailbox'],
      always: [
        { guard: 'hasWork', target: 'recording' },
        { guard: 'isFinished', target: 'stopped' },
      ],
      on: {
        'mail.waiting': { actions: ['pull', 'tellMailbox'] },
        'child.stop': { actions: ['beginStopping', 'pull'] },
      },
    },
    recording: {
      invoke: {
        src: 'record',
        input: ({ context }) => ({ events: context.queue.take(context.batchSize) }),
        onDone: {
          target: 'idle',
          actions: [
            'settle',
            'forgetAway',
            { type: 'count', params: ({ event }) => event.output },
            { type: 'wakeTasks', params: ({ event }) => event.output },
          ],
        },
        onError: onStoreTrouble({
          away: {
            target: 'waiting',
            actions: [
              'putBack',
              { type: 'rememberAway', params: thrown },
              { type: 'tellRefusal', params: thrown },
            ],
          },
          otherwise: { actions: ['putBack', { type: 'fail', params: thrown }] },
        }),
      },
      on: {
        'mail.waiting': { actions: ['pull', 'tellMailbox'] },
      },
    },
    waiting: {
      always: { guard: 'isStopping', target: 'stopped' },
      on: { 'database.ready': 'idle' },
      after: { retryInterval: 'idle' },
    },
    stopped: { type: 'final' },
  },
});
