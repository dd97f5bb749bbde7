import { messageOf } from '../lib/failure.ts';
import { thrown } from '../lib/store-trouble.ts';
import { untried } from './context.ts';
import { discordSetup } from './setup.ts';

/**
 * The connection to Discord. An outage is a state with a sentence, and none of them is a loop: whatever may cost an IDENTIFY
 * goes through `connecting`, which looks at what is left of them first.
 *
 *     connecting ──▶ linked { opening ──▶ catchingUp ──▶ ready ⇄ limited }
 *       ▲   │              │      ▲ line cut, session lost: discord.js connects again by itself
 *       │   ├─ no token ──▶ disabled
 *       └── ├─ unreachable, store away ──▶ away ─────────── a while, longer each time ──▶ connecting
 *           ├─ revoked, another bot's ──▶ unauthorised ──── ten minutes ──────────────────▶ connecting
 *           └─ no IDENTIFY left, held elsewhere, refused ──▶ parked ──── until its time ──▶ connecting
 *
 * `ready` needs a session, the answer to a heartbeat, and that all that was missed is taken in: after each session that did
 * not go on, again. What is down for 15 minutes, or `unauthorised`, is told to the owner by other ways.
 */
export const discordMachine = discordSetup.createMachine({
  id: 'discord',
  context: untried,
  initial: 'connecting',
  on: {
    'child.stop': '.stopped',
    'discord.overdue': {
      actions: ['markTold', { type: 'tellOutage', params: ({ context }) => ({ reason: context.reason }) }],
    },
  },
  states: {
    disabled: { entry: { type: 'noteState', params: { state: 'disabled' } } },
    connecting: {
      entry: { type: 'noteState', params: { state: 'connecting' } },
      invoke: {
        id: 'prepare',
        src: 'prepare',
        onDone: [
          { guard: { type: 'isOpen', params: ({ event }) => event.output }, target: 'linked' },
          { guard: { type: 'isDisabled', params: ({ event }) => event.output }, target: 'disabled' },
          {
            guard: { type: 'isUnauthorised', params: ({ event }) => event.output },
            target: 'unauthorised',
            actions: { type: 'keepPrepared', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'isParked', params: ({ event }) => event.output },
            target: 'parked',
            actions: { type: 'keepPrepared', params: ({ event }) => event.output },
          },
          { target: 'away', actions: { type: 'keepPrepared', params: ({ event }) => event.output } },
        ],
        onError: {
          target: 'away',
          actions: [
            { type: 'keepFault', params: thrown },
            { type: 'reportFailure', params: ({ event }) => ({ during: 'prepare', error: event.error }) },
          ],
        },
      },
    },
    linked: {
      entry: 'beginSession',
      invoke: [
        { id: 'gateway', src: 'gateway' },
        { id: 'liveReplies', src: 'liveReplies' },
        { id: 'upkeep', src: 'upkeep', input: { restMs: 30_000, runsLast: false } },
      ],
      on: {
        'gateway.closed': [
          {
            guard: { type: 'isUnauthorised', params: ({ event }) => event.end },
            target: 'unauthorised',
            actions: { type: 'keepPrepared', params: ({ event }) => event.end },
          },
          {
            guard: { type: 'isParked', params: ({ event }) => event.end },
            target: 'parked',
            actions: { type: 'keepPrepared', params: ({ event }) => event.end },
          },
          { target: 'away', actions: { type: 'keepPrepared', params: ({ event }) => event.end } },
        ],
        'gateway.lost': {
          target: '.opening',
          actions: ['markUnacked', { type: 'keepReason', params: ({ event }) => event.reason }],
        },
        'gateway.acked': { actions: 'markAcked' },
      },
      initial: 'opening',
      states: {
        opening: {
          entry: [{ type: 'noteState', params: { state: 'connecting' } }, 'beginOutage'],
          on: {
            'gateway.ready': { target: 'catchingUp', actions: 'markMissing' },
            'gateway.resumed': 'catchingUp',
          },
          after: {
            opening: {
              target: '#discord.away',
              actions: {
                type: 'keepFault',
                params: { error: 'the gateway of Discord greets, and nothing follows' },
              },
            },
          },
        },
        catchingUp: {
          entry: { type: 'noteState', params: { state: 'catching-up' } },
          always: { guard: 'isThere', target: 'ready' },
          on: {
            'gateway.ready': { target: 'catchingUp', actions: 'markMissing', reenter: true },
            'gateway.behind': { target: 'catchingUp', actions: 'markMissing', reenter: true },
            'gateway.owner': { target: 'catchingUp', actions: 'markMissing', reenter: true },
          },
          initial: 'working',
          states: {
            working: {
              always: { guard: 'wasCaughtUp', target: 'waiting' },
              invoke: {
                id: 'catchUp',
                src: 'catchUp',
                onDone: { target: 'waiting', actions: 'markCaughtUp' },
                onError: {
                  target: 'pausing',
                  actions: [
                    { type: 'keepReason', params: ({ event }) => messageOf(event.error) },
                    {
                      type: 'reportFailure',
                      params: ({ event }) => ({ during: 'catchUp', error: event.error }),
                    },
                    { type: 'noteState', params: { state: 'catching-up' } },
                  ],
                },
              },
            },
            /** For the answer to a heartbeat. */
            waiting: {
              after: {
                silence: {
                  target: '#discord.away',
                  actions: { type: 'keepFault', params: { error: 'Discord answers no heartbeat' } },
                },
              },
            },
            pausing: { after: { catchUpRetry: 'working' } },
          },
        },
        ready: {
          entry: [
            'clearReason',
            'stopCounting',
            'endOutage',
            { type: 'noteState', params: { state: 'ready' } },
          ],
          on: {
            'gateway.limited': {
              target: 'limited',
              actions: { type: 'keepLimit', params: ({ event }) => event.waitMs },
            },
            'gateway.ready': { target: 'catchingUp', actions: 'markMissing' },
            'gateway.behind': { target: 'catchingUp', actions: 'markMissing' },
            'gateway.owner': { target: 'catchingUp', actions: 'markMissing' },
          },
          after: { lasting: { actions: 'forgetFailures' } },
        },
        limited: {
          entry: { type: 'noteState', params: { state: 'rate-limited' } },
          on: {
            'gateway.limited': {
              target: 'limited',
              reenter: true,
              actions: { type: 'keepLimit', params: ({ event }) => event.waitMs },
            },
            'gateway.ready': { target: 'catchingUp', actions: 'markMissing' },
            'gateway.behind': { target: 'catchingUp', actions: 'markMissing' },
            'gateway.owner': { target: 'catchingUp', actions: 'markMissing' },
          },
          after: { limit: 'ready' },
        },
      },
    },
    away: {
      entry: [{ type: 'noteState', params: { state: 'away' } }, 'beginOutage'],
      after: { retry: 'connecting' },
    },
    unauthorised: {
      entry: [{ type: 'noteState', params: { state: 'unauthorised' } }, 'tellOnce'],
      after: { unauthorisedRetry: 'connecting' },
    },
    parked: {
      entry: [{ type: 'noteState', params: { state: 'parked' } }, 'beginOutage'],
      after: { retry: 'connecting' },
    },
    stopped: { entry: { type: 'noteState', params: { state: 'stopped' } }, type: 'final' },
  },
});
