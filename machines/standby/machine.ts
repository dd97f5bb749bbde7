import { thrown } from '../lib/store-trouble.ts';
import { newStandby, planned } from './context.ts';
import { standbySetup } from './setup.ts';

const overdue = 'it was not ready in time';

/**
 * One agent that is started before the owner's next message is known, and ends with the task that claims it.
 *
 *     resting ──wake, a while──▶ settling ──a moment──▶ planning ──┬─nothing now──▶ resting
 *        ▲ ▲                                                       ▼
 *        │ └──────────────────────claimed── up: starting ──ready──▶ standing (still ⇄ looking)
 *        │                                   │ late, exited            │ refused, stale, short of memory, unwanted, exited
 *        └───────────────────────────────── ending ◀───────────────────┘
 *
 * What was claimed belongs to its task, and this machine lets go of it. What was not is ended like every run, and nothing is
 * started before nobody of it is left. Starts that fail are tried ever more seldom.
 */
export const standbyMachine = standbySetup.createMachine({
  id: 'standby',
  context: newStandby,
  invoke: { id: 'listen', src: 'listen' },
  initial: 'clearing',
  on: {
    'standby.wake': { actions: { type: 'keepAnswered', params: ({ event }) => event.answered } },
  },
  states: {
    clearing: {
      invoke: {
        id: 'end',
        src: 'end',
        input: { mark: undefined, identity: undefined },
        onDone: 'resting',
        onError: { target: 'resting', actions: { type: 'reportFailure', params: thrown } },
      },
      on: { 'child.stop': { actions: 'markStopping' } },
    },
    resting: {
      always: { guard: 'isStopping', target: 'stopped' },
      after: { rest: 'planning' },
      on: {
        'standby.wake': {
          guard: 'isTrusted',
          target: 'settling',
          actions: { type: 'keepAnswered', params: ({ event }) => event.answered },
        },
        'child.stop': 'stopped',
      },
    },
    // The reply is on its way out, and its agent about to go.
    settling: {
      after: { moment: 'planning' },
      on: {
        'standby.wake': {
          target: 'settling',
          reenter: true,
          actions: { type: 'keepAnswered', params: ({ event }) => event.answered },
        },
        'child.stop': 'stopped',
      },
    },
    planning: {
      invoke: {
        id: 'plan',
        src: 'plan',
        input: ({ context: { after } }) => ({ after }),
        onDone: [
          {
            guard: { type: 'hasPlan', params: ({ event }) => event.output },
            target: 'up',
            actions: { type: 'keepPlan', params: ({ event }) => event.output },
          },
          { target: 'resting', actions: { type: 'keepRest', params: ({ event }) => event.output } },
        ],
        onError: { target: 'resting', actions: [{ type: 'reportFailure', params: thrown }, 'forgetRest'] },
      },
      on: {
        // What was read is old.
        'standby.wake': {
          target: 'settling',
          actions: { type: 'keepAnswered', params: ({ event }) => event.answered },
        },
        'child.stop': 'stopped',
      },
    },
    up: {
      invoke: {
        id: 'process',
        src: 'process',
        input: ({ context }) => planned(context),
        onError: {
          target: 'ending',
          actions: [
            { type: 'giveUp', params: 'unready' },
            'countFailure',
            { type: 'reportFailure', params: thrown },
          ],
        },
      },
      initial: 'starting',
      on: {
        'standby.wake': [
          {
            guard: { type: 'isElsewhere', params: ({ event }) => event.answered },
            target: 'ending',
            actions: [
              { type: 'keepAnswered', params: ({ event }) => event.answered },
              { type: 'giveUp', params: 'moved' },
              'forgetRest',
            ],
          },
          { actions: { type: 'keepAnswered', params: ({ event }) => event.answered } },
        ],
        'standby.spawned': { actions: { type: 'keepIdentity', params: ({ event }) => event.identity } },
        'child.stop': { target: 'ending', actions: [{ type: 'giveUp', params: 'stopped' }, 'markStopping'] },
      },
      states: {
        starting: {
          after: {
            readyLimit: {
              target: '#standby.ending',
              actions: [
                { type: 'giveUp', params: 'unready' },
                'countFailure',
                { type: 'reportUnready', params: { reason: overdue } },
              ],
            },
          },
          on: {
            'standby.ready': { target: 'standing', actions: 'forgetFailures' },
            'standby.exited': {
              target: '#standby.ending',
              actions: [
                { type: 'giveUp', params: 'unready' },
                'countFailure',
                { type: 'reportUnready', params: ({ event }) => event },
              ],
            },
          },
        },
        standing: {
          after: {
            maxAge: {
              target: '#standby.ending',
              actions: [{ type: 'giveUp', params: 'stale' }, 'forgetRest'],
            },
          },
          on: {
            'standby.claimed': {
              guard: { type: 'isIts', params: ({ event }) => event.attempt },
              target: '#standby.resting',
              actions: 'forgetPlan',
            },
            // Counted already, by the reason that only the claim knows.
            'standby.refused': {
              guard: { type: 'isIts', params: ({ event }) => event.attempt },
              target: '#standby.ending',
              actions: 'forgetRest',
            },
            'standby.exited': {
              target: '#standby.ending',
              actions: [{ type: 'giveUp', params: 'exited' }, 'countFailure'],
            },
          },
          initial: 'still',
          states: {
            still: {
              after: { lookPeriod: 'looking' },
              on: {
                'standby.wake': {
                  guard: { type: 'isHere', params: ({ event }) => event.answered },
                  target: 'looking',
                  actions: { type: 'keepAnswered', params: ({ event }) => event.answered },
                },
              },
            },
            looking: {
              invoke: {
                id: 'look',
                src: 'look',
                onDone: [
                  { guard: { type: 'mayStay', params: ({ event }) => event.output }, target: 'still' },
                  {
                    target: '#standby.ending',
                    actions: [
                      { type: 'giveUp', params: ({ event }) => event.output ?? 'unwanted' },
                      'forgetRest',
                    ],
                  },
                ],
                onError: 'still',
              },
            },
          },
        },
      },
    },
    ending: {
      invoke: {
        id: 'end',
        src: 'end',
        input: ({ context: { plan, identity } }) => ({ mark: plan?.mark, identity }),
        onDone: [
          { guard: 'goesOn', target: 'settling', actions: 'forgetPlan' },
          { target: 'resting', actions: 'forgetPlan' },
        ],
        onError: { target: 'resting', actions: [{ type: 'reportFailure', params: thrown }, 'forgetPlan'] },
      },
      on: { 'child.stop': { actions: 'markStopping' } },
    },
    stopped: { type: 'final' },
  },
});
