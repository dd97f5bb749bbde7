import { assign, fromCallback, fromPromise, setup } from 'xstate';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreLost, onStoreTrouble, thrown, type Thrown } from '../lib/store-trouble.ts';
import { tell } from '../neighbours.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { SpendFact } from './protocol.ts';

interface SpendContext {
  /** Something changed while the sums were being read. */
  changed: boolean;
  restMs: number;
}

/**
 * Keeps the ledger up to date: reads the sums when something was spent, when a cap was changed, and when a day begins.
 *
 *     looking ──read──▶ resting ──spend.changed, midnight──▶ looking          child.stop ──▶ stopped
 *        └──failed──▶ waiting ──a while──▶ looking
 */
export const spendMachine = setup({
  types: { context: {} as SpendContext, events: {} as SpendFact | ChildCommand },
  actors: {
    /** Sends `spend.changed` as long as it lives. */
    listen: fromCallback(placeholder('spend', 'listen')),
    /** Resolves to the milliseconds until the next look. */
    look: fromPromise<number>(placeholder('spend', 'look')),
  },
  actions: {
    /** The sums are known: a refused task may ask again. */
    announce: ({ system }) => tell(system, 'tasks', { type: 'tasks.wake' }),
    /** The sums could not be read, for another reason than an outage. */
    reportFailure: placeholder<Thrown>('spend', 'reportFailure'),
    markChanged: assign({ changed: true }),
    markSeen: assign({ changed: false }),
    keepRest: assign({ restMs: (_, restMs: number) => restMs }),
  },
  guards: {
    hasChanged: ({ context }) => context.changed,
    isStoreAway: isStoreLost,
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
        onError: onStoreTrouble({
          away: { target: 'waiting' },
          otherwise: { target: 'waiting', actions: { type: 'reportFailure', params: thrown } },
        }),
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
