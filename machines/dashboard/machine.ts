import { assign, fromCallback, sendParent, sendTo, setup } from 'xstate';
import { childReady } from '../lib/child-ready.ts';
import { placeholder } from '../lib/placeholder.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { DashboardServerCommand, DashboardServerFact, DashboardServerInput } from './protocol.ts';

interface DashboardContext {
  address: DashboardServerInput;
  /** Failed tries to listen in a row, which the backoff grows with. */
  failures: number;
  /** Its address while it listens, and the reason while it does not. */
  url: string | undefined;
  trouble: string | undefined;
}

const SECOND = 1000;
/** Pushes are gathered for so long: at most ten updates a second. */
const gatherMs = 100;
const pulseMs = 500;
const minRetryMs = SECOND;
const maxRetryMs = 60 * SECOND;

/**
 * The owner's door in the browser.
 *
 *     opening ──listening──▶ open ──child.stop──▶ closing ──closed──▶ stopped
 *        │ ▲                  │
 *        ▼ └─after a backoff──┤ failed: the port is taken, the network is away
 *       shut ◀────────────────┘
 *
 * A port that is taken is a state and not a crash: the rest of the tree has nothing to do with it. While it is open, what
 * the feeds have gathered is pushed ten times a second at most, and only when there is something.
 */
export const dashboardMachine = setup({
  types: {
    context: {} as DashboardContext,
    input: {} as DashboardServerInput,
    events: {} as DashboardServerFact | ChildCommand,
  },
  actors: {
    server: fromCallback<DashboardServerCommand, DashboardServerInput>(placeholder('dashboard', 'server')),
  },
  actions: {
    announceReady: sendParent(childReady),
    reportOpen: placeholder<{ url: string }>('dashboard', 'reportOpen'),
    reportShut: placeholder<{ reason: string }>('dashboard', 'reportShut'),
    noteOpen: assign({ url: (_, { url }: { url: string }) => url, trouble: undefined, failures: 0 }),
    noteShut: assign({
      url: undefined,
      trouble: (_, { reason }: { reason: string }) => reason,
      failures: ({ context }) => context.failures + 1,
    }),
    closeServer: sendTo('server', { type: 'child.stop' }),
    flush: sendTo('server', { type: 'feeds.flush' }),
    pulse: sendTo('server', { type: 'feeds.pulse' }),
  },
  delays: {
    backoff: ({ context }) => Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(context.failures - 1, 16)),
    gather: gatherMs,
    pulse: pulseMs,
  },
}).createMachine({
  id: 'dashboard',
  context: ({ input }) => ({ address: input, failures: 0, url: undefined, trouble: undefined }),
  initial: 'serving',
  states: {
    serving: {
      invoke: { id: 'server', src: 'server', input: ({ context }) => context.address },
      on: {
        'dashboard.failed': {
          target: 'shut',
          actions: [
            { type: 'noteShut', params: ({ event }) => event },
            { type: 'reportShut', params: ({ event }) => event },
          ],
        },
      },
      initial: 'opening',
      states: {
        opening: {
          on: {
            'dashboard.listening': {
              target: 'open',
              actions: [
                { type: 'noteOpen', params: ({ event }) => event },
                { type: 'reportOpen', params: ({ event }) => event },
                'announceReady',
              ],
            },
            'child.stop': 'closing',
          },
        },
        open: {
          type: 'parallel',
          on: { 'child.stop': 'closing' },
          states: {
            feeds: {
              initial: 'quiet',
              states: {
                quiet: { on: { 'feeds.pending': 'gathering' } },
                gathering: { after: { gather: 'flushing' } },
                flushing: { entry: 'flush', on: { 'feeds.flushed': 'quiet', 'feeds.pending': 'owing' } },
                // News that came during the flush is not in it.
                owing: { on: { 'feeds.flushed': 'gathering' } },
              },
            },
            // In a state of its own: a region that enters itself anew enters its neighbours anew too.
            clock: {
              initial: 'ticking',
              states: {
                ticking: { after: { pulse: { target: 'ticking', reenter: true, actions: 'pulse' } } },
              },
            },
          },
        },
        closing: {
          entry: 'closeServer',
          on: {
            'dashboard.closed': '#dashboard.stopped',
            'dashboard.failed': '#dashboard.stopped',
            'child.stop': {},
          },
        },
      },
    },
    shut: {
      entry: 'announceReady',
      after: { backoff: 'serving' },
      on: { 'child.stop': 'stopped' },
    },
    stopped: { type: 'final' },
  },
});
