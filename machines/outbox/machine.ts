import { onStoreTrouble, thrown, thrownDuring } from '../lib/store-trouble.ts';
import { outboxSetup, requestOf } from './setup.ts';

/**
 * The way out: takes due deliveries from the rows, each channel by itself, and has each sent and written down by an actor
 * of its own, so that a slow channel holds up nobody.
 *
 *     serving                                                     child.stop──▶ draining ──none under way, drain──▶ stopped
 *       ├ looking ──▶ resting ──wake, one has ended, next due time──▶ looking
 *       └ looking ──store away──▶ waiting, failed──▶ pausing ──a while──▶ looking
 *
 * At most one delivery an address is under way, so the order of each is kept. A wake while it looks makes it look again.
 * Whatever is under way past the drain limit is left as `sending` in its row; the next life sends it again and says so.
 */
export const outboxMachine = outboxSetup.createMachine({
  id: 'outbox',
  context: ({ input }) => ({ ...input, inHand: {}, restMs: 0, woken: false }),
  invoke: { id: 'listen', src: 'listen' },
  initial: 'serving',
  on: {
    'outbox.wake': { actions: 'markWoken' },
    'xstate.done.actor.delivery.*': {
      actions: [
        { type: 'endDelivery', params: ({ event }) => event.actorId },
        { type: 'forgetDelivery', params: ({ event }) => event.actorId },
        'markWoken',
      ],
    },
    'xstate.error.actor.delivery.*': {
      actions: [
        { type: 'endDelivery', params: ({ event }) => event.actorId },
        { type: 'forgetDelivery', params: ({ event }) => event.actorId },
        { type: 'reportProblem', params: ({ event }) => ({ during: event.actorId, error: event.error }) },
      ],
    },
  },
  states: {
    serving: {
      initial: 'looking',
      on: { 'child.stop': 'draining' },
      states: {
        looking: {
          entry: 'markSeen',
          invoke: {
            id: 'look',
            src: 'look',
            input: ({ context }) => requestOf(context),
            onDone: {
              target: 'resting',
              actions: [
                { type: 'beginDeliveries', params: ({ event }) => event.output.claimed },
                { type: 'keepRest', params: ({ event }) => event.output.restMs },
              ],
            },
            onError: onStoreTrouble({
              away: { target: 'waiting', actions: { type: 'tellRefusal', params: thrown } },
              otherwise: {
                target: 'pausing',
                actions: { type: 'reportProblem', params: thrownDuring('look') },
              },
            }),
          },
        },
        resting: {
          always: { guard: 'wasWoken', target: 'looking' },
          after: { rest: 'looking' },
        },
        waiting: { after: { storeRetry: 'looking' } },
        pausing: { after: { failureRetry: 'looking' } },
      },
    },
    draining: {
      always: { guard: 'isIdle', target: 'stopped' },
      after: { drain: 'stopped' },
    },
    stopped: { type: 'final' },
  },
});
