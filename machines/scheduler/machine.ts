import { onStoreTrouble, thrown, thrownDuring } from '../lib/store-trouble.ts';
import { fireIdOf, schedulerSetup } from './setup.ts';

/**
 * Decides what runs when: looks at the jobs, claims each instant that has come, and has each fire run by an actor of its
 * own, so that work never runs on the tick.
 *
 *     serving                                                          child.stop──▶ draining ──none under way, drain──▶ stopped
 *       ├ looking ──▶ ticking ──▶ resting ──next instant, at most 30 s; wake, a fire has ended──▶ ticking
 *       │                            └──jobs have changed, now and then──▶ looking
 *       └ looking, ticking ──store away──▶ waiting, failed──▶ pausing ──a while──▶ the same again
 *
 * An instant is claimed by inserting its row, before anything starts; whoever inserts it runs it. Nothing moves on in the
 * schedule before the claim is written, so a tick that fails is made again.
 */
export const schedulerMachine = schedulerSetup.createMachine({
  id: 'scheduler',
  context: ({ input }) => ({
    ...input,
    changed: 'all',
    looks: true,
    isFirst: true,
    woken: false,
    restMs: 0,
    asked: [],
    fires: new Map(),
  }),
  invoke: { id: 'listen', src: 'listen' },
  initial: 'serving',
  on: {
    'schedule.wake': { actions: 'markWoken' },
    'schedule.changed': [
      {
        guard: 'isFirstChange',
        actions: ['lookSoon', { type: 'noteChange', params: ({ event }) => event.kind }],
      },
      { actions: { type: 'noteChange', params: ({ event }) => event.kind } },
    ],
    'schedule.look': { actions: 'wantLook' },
    'schedule.look-at-all': { actions: ['noteAll', 'wantLook'] },
    'xstate.done.actor.fire.*': {
      actions: [
        { type: 'endFire', params: ({ event }) => event.actorId },
        { type: 'forgetFire', params: ({ event }) => event.actorId },
        { type: 'release', params: ({ event }) => ({ id: fireIdOf(event.actorId), end: event.output }) },
        'markWoken',
      ],
    },
    'xstate.error.actor.fire.*': {
      actions: [
        { type: 'endFire', params: ({ event }) => event.actorId },
        { type: 'forgetFire', params: ({ event }) => event.actorId },
        { type: 'release', params: ({ event }) => ({ id: fireIdOf(event.actorId), end: undefined }) },
        { type: 'reportProblem', params: ({ event }) => ({ during: event.actorId, error: event.error }) },
        'markWoken',
      ],
    },
  },
  states: {
    serving: {
      initial: 'looking',
      on: { 'child.stop': 'draining' },
      states: {
        looking: {
          entry: ['beginLook', 'forgetLater'],
          exit: 'lookLater',
          invoke: {
            id: 'lookAtJobs',
            src: 'lookAtJobs',
            input: ({ context: { asked, isFirst } }) => ({ kinds: asked, isFirst }),
            onDone: {
              target: 'ticking',
              actions: ['noteLooked', { type: 'stopFires', params: ({ event }) => event.output.stops }],
            },
            onError: onStoreTrouble({
              away: {
                target: 'waiting',
                actions: [
                  'noteFailedLook',
                  { type: 'tellRefusal', params: thrown },
                  { type: 'refuseRequests', params: thrown },
                ],
              },
              otherwise: {
                target: 'pausing',
                actions: [
                  'noteFailedLook',
                  { type: 'reportProblem', params: thrownDuring('the look at the jobs') },
                ],
              },
            }),
          },
        },
        ticking: {
          entry: 'markSeen',
          invoke: {
            id: 'tick',
            src: 'tick',
            onDone: {
              target: 'resting',
              actions: [
                { type: 'beginFires', params: ({ event }) => event.output.begun },
                { type: 'stopFires', params: ({ event }) => event.output.stops },
                { type: 'keepRest', params: ({ event }) => event.output.restMs },
                { type: 'noteUnknown', params: ({ event }) => event.output.asksForUnknown },
              ],
            },
            onError: onStoreTrouble({
              away: {
                target: 'waiting',
                actions: [
                  { type: 'tellRefusal', params: thrown },
                  { type: 'refuseRequests', params: thrown },
                ],
              },
              otherwise: {
                target: 'pausing',
                actions: { type: 'reportProblem', params: thrownDuring('a tick') },
              },
            }),
          },
        },
        resting: {
          always: [
            { guard: 'wantsLook', target: 'looking' },
            { guard: 'wasWoken', target: 'ticking' },
          ],
          after: { rest: 'ticking' },
        },
        next: {
          always: [{ guard: 'wantsLook', target: 'looking' }, { target: 'ticking' }],
        },
        waiting: { after: { storeRetry: 'next' } },
        pausing: { after: { failureRetry: 'next' } },
      },
    },
    draining: {
      entry: ['closeRequests', 'stopAllFires'],
      always: { guard: 'isIdle', target: 'stopped' },
      after: { drain: 'stopped' },
    },
    stopped: { type: 'final' },
  },
});
