import { assign, fromCallback, sendParent, sendTo, setup } from 'xstate';
import type {
  DashboardServerCommand,
  DashboardServerFact,
  DashboardServerInput,
} from '../actors/dashboard/server.ts';

/** The address to listen at; port 0 takes any free one. */
export type DashboardInput = DashboardServerInput;

interface DashboardContext {
  address: DashboardInput;
  /** Failed tries to listen in a row, which the backoff grows with. */
  failures: number;
  /** Where it listens, or why it does not. */
  url: string | undefined;
  trouble: string | undefined;
}

/** What observers are told. */
export type DashboardNews =
  { type: 'dashboard.opened'; url: string } | { type: 'dashboard.shut'; reason: string };

const SECOND = 1000;
/** Pushes are gathered for so long: at most ten updates a second. */
const gatherMs = 100;
const pulseMs = 500;
const minRetryMs = SECOND;
const maxRetryMs = 60 * SECOND;

const unprovided = (name: string) => (): never => {
  throw new Error(`dashboard machine: "${name}" was not provided`);
};

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
    input: {} as DashboardInput,
    events: {} as DashboardServerFact | { type: 'child.stop' },
    emitted: {} as DashboardNews,
  },
  actors: {
    server: fromCallback<DashboardServerCommand, DashboardServerInput>(unprovided('server')),
  },
  actions: {
    announceReady: sendParent(({ self }) => ({ type: 'child.ready', id: self.id })),
    reportOpen: (_, _params: { url: string }): void => unprovided('reportOpen')(),
    reportShut: (_, _params: { reason: string }): void => unprovided('reportShut')(),
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
                // What came during the flush is not in it.
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
