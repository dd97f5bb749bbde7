import { onStoreTrouble, thrown, thrownDuring } from '../lib/store-trouble.ts';
import { fleetSetup, requestOf } from './setup.ts';

/**
 * Polls hosts: takes those that are due from the rows and has each polled by an actor of its own, so that one that never
 * answers holds up nobody.
 *
 *     serving                                                                  child.stop──▶ stopped
 *       ├ looking ──▶ resting ──wake, room again, next one due──▶ looking
 *       └ looking ──store away──▶ waiting, failed──▶ pausing ──a while──▶ looking
 *
 * A host that is taken is due again only after its period, whatever becomes of the poll. Polls under way when it stops are
 * called off: nothing of them is written down.
 */
export const fleetMachine = fleetSetup.createMachine({
  id: 'fleet',
  context: ({ input }) => ({ ...input, polls: {}, restMs: 0, full: false, woken: false }),
  invoke: { id: 'listen', src: 'listen' },
  initial: 'serving',
  on: {
    'fleet.wake': { actions: 'markWoken' },
    'xstate.done.actor.poll.*': {
      actions: [
        { type: 'endPoll', params: ({ event }) => event.actorId },
        { type: 'forgetPoll', params: ({ event }) => event.actorId },
        'wakeIfFull',
      ],
    },
    'xstate.error.actor.poll.*': {
      actions: [
        { type: 'endPoll', params: ({ event }) => event.actorId },
        { type: 'forgetPoll', params: ({ event }) => event.actorId },
        { type: 'reportProblem', params: ({ event }) => ({ during: event.actorId, error: event.error }) },
        'wakeIfFull',
      ],
    },
  },
  states: {
    serving: {
      initial: 'looking',
      on: { 'child.stop': 'stopped' },
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
                { type: 'beginPolls', params: ({ event }) => event.output.due },
                { type: 'keepRest', params: ({ event }) => event.output },
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
    stopped: { type: 'final' },
  },
});
