import { assign, fromCallback, fromPromise, setup } from 'xstate';
import { isStoreAway } from './failure.ts';

export type SpendEvent =
  /** Something was spent, or a cap was changed. */
  { type: 'spend.changed' } | { type: 'child.stop' };

interface SpendContext {
  /** Something changed while the sums were being read. */
  changed: boolean;
  restMs: number;
}

const unprovided = (name: string) => (): never => {
  throw new Error(`spend machine: "${name}" was not provided`);
};

/** The sums could not be read, for another reason than an outage. */
const reportFailure: (scope: unknown, params: { error: unknown }) => void = unprovided('reportFailure');

/**
 * Keeps the ledger up to date: reads the sums when something was spent, when a cap was changed, and when a day begins.
 *
 *     looking ──read──▶ resting ──spend.changed, midnight──▶ looking          child.stop ──▶ stopped
 *        └──failed──▶ waiting ──a while──▶ looking
 */
export const spendMachine = setup({
  types: { context: {} as SpendContext, events: {} as SpendEvent },
  actors: {
    /** Sends `spend.changed` as long as it lives. */
    listen: fromCallback<SpendEvent>(unprovided('listen')),
    /** Resolves to the milliseconds until the next look. */
    look: fromPromise<number>(unprovided('look')),
  },
  actions: {
    /** The sums are known: who was refused may ask again. */
    announce: unprovided('announce'),
    reportFailure,
    markChanged: assign({ changed: true }),
    markSeen: assign({ changed: false }),
    keepRest: assign({ restMs: (_, restMs: number) => restMs }),
  },
  guards: {
    hasChanged: ({ context }) => context.changed,
    isStoreAway: (_, { error }: { error: unknown }) => isStoreAway(error),
  },
  delays: { rest: ({ context }) => context.restMs, retryInterval: 2_000 },
}).createMachine({
  id: 'spend',
  context: { changed: false, restMs: 0 },
  invoke: { id: 'listen', src: 'listen' },
  initial: 'looking',
  on: { 'child.stop': '.stopped' },
  states: {
    looking: {
      entry: 'markSeen',
      invoke: {
        id: 'look',
        src: 'look',
        onDone: {
          target: 'resting',
          actions: [{ type: 'keepRest', params: ({ event }) => event.output }, 'announce'],
        },
        onError: [
          {
            guard: { type: 'isStoreAway', params: ({ event }) => ({ error: event.error }) },
            target: 'waiting',
          },
          {
            target: 'waiting',
            actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
          },
        ],
      },
      on: { 'spend.changed': { actions: 'markChanged' } },
    },
    resting: {
      always: { guard: 'hasChanged', target: 'looking' },
      after: { rest: 'looking' },
      on: { 'spend.changed': 'looking' },
    },
    waiting: { after: { retryInterval: 'looking' } },
    stopped: { type: 'final' },
  },
});
