import { type AnyActorRef, assign, fromPromise, sendParent, sendTo, setup } from 'xstate';
import type { Mailbox } from '../src/lib/mailbox/mailbox.ts';
import type { Desk } from '../src/lib/router/desk.ts';
import type { RecordedBatch } from '../src/lib/router/record-routed.ts';
import type { RoutedEvent } from '../src/lib/router/routed-event.ts';
import { isStoreAway } from './failure.ts';

export interface RouterInput {
  mailbox: Pick<Mailbox, 'depth'>;
  /** Routed events on their way into the store; they outlive a restart of this actor. */
  desk: Desk;
  /** Events recorded with one statement. */
  batchSize: number;
}

export type RouterEvent =
  | { type: 'mail.waiting' }
  | { type: 'database.ready' }
  | { type: 'child.stop' }
  /** To itself. */
  | { type: 'router.begin' };

interface RouterContext extends RouterInput {
  stopping: boolean;
  awayBecause: string | undefined;
}

const unprovided = (name: string) => (): never => {
  throw new Error(`router machine: "${name}" was not provided`);
};

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
    record: fromPromise<RecordedBatch, { events: RoutedEvent[] }>(unprovided('record')),
  },
  actions: {
    /** Takes mail from the mailbox, routes it and puts it on the desk: HUMAN events always, others while there is room. */
    pull: unprovided('pull'),
    /** Counts a recorded batch and wakes the task supervisor where tasks were queued. */
    announce: (_, _params: { recorded: RecordedBatch }): void => unprovided('announce')(),
    announceReady: sendParent(({ self }) => ({ type: 'child.ready', id: self.id })),
    tellMailbox: ({ system }) => {
      (system.get('mailbox') as AnyActorRef | undefined)?.send({ type: 'mailbox.taken' });
    },
    begin: sendTo(({ self }) => self, { type: 'router.begin' }),
    settle: ({ context }) => context.desk.settle(),
    putBack: ({ context }) => context.desk.putBack(),
    rememberAway: assign({ awayBecause: (_, params: { reason: string }) => params.reason }),
    forgetAway: assign({ awayBecause: undefined }),
    beginStopping: assign({ stopping: true }),
    fail: (_, params: { error: unknown }) => {
      throw params.error;
    },
  },
  guards: {
    hasWork: ({ context }) => context.desk.waiting() > 0,
    isFinished: ({ context }) =>
      context.stopping && context.desk.waiting() === 0 && context.mailbox.depth() === 0,
    isStopping: ({ context }) => context.stopping,
    storeIsAway: (_, params: { error: unknown }) => isStoreAway(params.error),
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
        input: ({ context }) => ({ events: context.desk.take(context.batchSize) }),
        onDone: {
          target: 'idle',
          actions: [
            'settle',
            'forgetAway',
            { type: 'announce', params: ({ event }) => ({ recorded: event.output }) },
          ],
        },
        onError: [
          {
            guard: { type: 'storeIsAway', params: ({ event }) => ({ error: event.error }) },
            target: 'waiting',
            actions: [
              'putBack',
              { type: 'rememberAway', params: ({ event }) => ({ reason: String(event.error) }) },
            ],
          },
          { actions: ['putBack', { type: 'fail', params: ({ event }) => ({ error: event.error }) }] },
        ],
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
