import { assertEvent, assign, fromCallback, fromPromise, sendParent, sendTo, setup } from 'xstate';
import { childReady } from '../lib/child-ready.ts';
import { messageOf, saysStoreRefuses, saysStoreUnfit } from '../lib/failure.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, onStoreTrouble, thrown, type Thrown } from '../lib/store-trouble.ts';
import { tell } from '../neighbours.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import { type DatabaseContext, initialContext } from './context.ts';
import type {
  DatabaseCommand,
  DatabaseConnection,
  DatabaseInput,
  DatabaseServerCommand,
  DatabaseServerFact,
  StoreFact,
} from './protocol.ts';

/** Longest pause of one that answers: to ask it again costs little, and somebody may be mending it. */
const maxRefusedMs = 5_000;

/**
 * The database, from its process to a migrated schema, and back again after an outage.
 *
 *     starting ─▶ connecting ─▶ migrating ─▶ ready { resting ⇄ probing, maintaining }
 *        ▲            │             │ refused        │ hung, lost, exited
 *        │            ▼             │                ▼
 *        ├─backoff─ away ◀──────────┼─── reaping (kill, see it gone)
 *        │           ▲│             │
 *        │   refused ││ backoff     │
 *        │    ready ─┘└▶ connecting ─▶ migrating ─▶ trying ─nothing refused for a while─▶ ready
 *        │                          ▼
 *                               parked ─a while─▶ connecting
 *     child.stop ──────────────▶ closing ─▶ terminating ─▶ killing ─▶ stopped | failed
 *
 * An outage is `away`, never an error: the embedded database's death too, and a server that answers and refuses to write.
 * `migrate` proves that it takes what the daemon writes; `trying` lets the writers try, and is told of a new refusal by them.
 * A schema that this program does not fit is `parked`: a start anew would meet it again, so everything else goes on without the
 * store, and somebody is told. It looks again now and then, for whoever has mended it.
 * Only what nobody expected ends in `failed`, which is an error to the supervisor. `server` is the actor that owns the process; for a
 * database elsewhere it has none and answers at once.
 */
export const databaseMachine = setup({
  types: {
    context: {} as DatabaseContext,
    input: {} as DatabaseInput,
    events: {} as DatabaseServerFact | StoreFact | DatabaseCommand | ChildCommand,
  },
  actors: {
    runServer: fromCallback<DatabaseServerCommand>(placeholder('database', 'runServer')),
    connect: fromPromise<DatabaseConnection>(placeholder('database', 'connect')),
    migrate: fromPromise(placeholder('database', 'migrate')),
    openStore: fromCallback(placeholder('database', 'openStore')),
    probe: fromPromise(placeholder('database', 'probe')),
    maintain: fromPromise(placeholder('database', 'maintain')),
    closeConnections: fromPromise(placeholder('database', 'closeConnections')),
    escalate: fromPromise<never, { failure: unknown }>(({ input }) => Promise.reject(input.failure as Error)),
  },
  actions: {
    announceReady: placeholder('database', 'announceReady'),
    announceAway: placeholder('database', 'announceAway'),
    tellNeighbours: ({ system }) => {
      tell(system, 'router', { type: 'database.ready' });
      tell(system, 'tasks', { type: 'database.ready' });
    },
    launchServer: sendTo('server', { type: 'server.launch' }),
    terminateServer: sendTo('server', { type: 'server.terminate' }),
    killServer: sendTo('server', { type: 'server.kill' }),
    stamp: assign({ since: ({ context }) => context.now() }),
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    resetAttempts: assign({ attempts: 0 }),
    rememberError: assign({ refused: false, lastError: (_, { error }: Thrown) => messageOf(error) }),
    rememberRefusal: assign({ refused: true, lastError: (_, reason: string) => reason }),
    forgetRefusal: assign({ refused: false }),
    rememberExit: assign({
      refused: false,
      lastError: ({ event }) => {
        assertEvent(event, 'server.exited');
        return event.reason;
      },
    }),
    rememberSilence: assign({ refused: false, lastError: 'the database does not answer' }),
    noteSilence: assign({ unanswered: true }),
    noteAnswer: assign({ unanswered: false }),
    rememberSlowStart: assign({ refused: false, lastError: 'the database took too long to start' }),
    rememberMigrating: assign({ lastError: 'its schema is being brought up to date' }),
    rememberFailure: assign({ failure: (_, { error }: Thrown) => error }),
    rememberVersion: assign({
      serverVersion: (_, { serverVersion }: DatabaseConnection) => serverVersion,
    }),
    rememberMaintenance: assign({ maintainedAt: ({ context }) => context.now() }),
    tellParent: sendParent(childReady),
    markReady: assign({ announced: 'ready' }),
    markAway: assign({ announced: 'away' }),
  },
  guards: {
    ownsProcess: ({ context }) => context.kind === 'embedded',
    isStoreAway,
    isRefusal: (_, { error }: Thrown) => saysStoreRefuses(error),
    isUnfit: (_, { error }: Thrown) => saysStoreUnfit(error),
    isRefused: ({ context }) => context.refused,
    isMaintenanceDue: ({ context }) =>
      context.now() - context.maintainedAt >= context.timings.maintainIntervalMs,
    isUnannounced: ({ context }) => context.announced === 'nothing',
    isAnnouncedReady: ({ context }) => context.announced === 'ready',
    hasFailed: ({ context }) => context.failure !== undefined,
  },
  delays: {
    startDeadline: ({ context }) => context.timings.startDeadlineMs,
    probeInterval: ({ context }) => context.timings.probeIntervalMs,
    probeDeadline: ({ context }) => context.timings.probeDeadlineMs,
    maintainDeadline: ({ context }) => context.timings.maintainDeadlineMs,
    closeDeadline: ({ context }) => context.timings.closeDeadlineMs,
    stopDeadline: ({ context }) => context.timings.stopDeadlineMs,
    silenceLimit: ({ context }) => context.timings.silenceMs,
    trial: ({ context }) => context.timings.trialMs,
    migrationPatience: ({ context }) => context.timings.migrationPatienceMs,
    parkedRest: ({ context }) => context.timings.parkedMs,
    backoff: ({ context: { attempts, random, refused, timings } }) =>
      Math.min(
        refused ? maxRefusedMs : Infinity,
        timings.backoffMaxMs,
        timings.backoffMinMs * 2 ** (attempts - 1),
      ) *
      (1 - random() / 2),
  },
}).createMachine({
  id: 'database',
  context: ({ input }) => initialContext(input),
  invoke: { id: 'server', src: 'runServer' },
  initial: 'starting',
  on: {
    'server.exited': { target: '.away', actions: 'rememberExit' },
    'child.stop': '.closing',
  },
  states: {
    starting: {
      entry: ['stamp', 'launchServer'],
      on: { 'server.listening': 'connecting' },
      after: { startDeadline: { target: 'reaping', actions: 'rememberSlowStart' } },
    },
    connecting: {
      entry: 'stamp',
      invoke: {
        src: 'connect',
        onDone: {
          target: 'migrating',
          actions: { type: 'rememberVersion', params: ({ event }) => event.output },
        },
        onError: { target: 'losing', actions: { type: 'rememberError', params: thrown } },
      },
      after: { probeDeadline: { target: 'losing', actions: 'rememberSilence' } },
    },
    migrating: {
      entry: 'stamp',
      invoke: {
        src: 'migrate',
        onDone: [{ guard: 'isRefused', target: 'trying' }, { target: 'ready' }],
        onError: [
          {
            guard: { type: 'isRefusal', params: thrown },
            target: 'away',
            actions: { type: 'rememberRefusal', params: ({ event }) => messageOf(event.error) },
          },
          {
            guard: { type: 'isUnfit', params: thrown },
            target: 'parked',
            actions: { type: 'rememberError', params: thrown },
          },
          ...onStoreTrouble({
            away: { target: 'losing', actions: { type: 'rememberError', params: thrown } },
            otherwise: {
              target: 'closing',
              actions: [
                { type: 'rememberError', params: thrown },
                { type: 'rememberFailure', params: thrown },
              ],
            },
          }),
        ],
      },
      // A copy of the database and a long migration may take minutes: the rest of the daemon takes lines meanwhile.
      after: {
        migrationPatience: {
          guard: 'isUnannounced',
          actions: ['rememberMigrating', 'announceAway', 'markAway', 'tellParent'],
        },
      },
    },
    parked: {
      entry: 'stamp',
      always: [
        { guard: 'isUnannounced', actions: ['announceAway', 'markAway', 'tellParent'] },
        { guard: 'isAnnouncedReady', actions: ['announceAway', 'markAway'] },
      ],
      after: { parkedRest: 'connecting' },
    },
    trying: {
      tags: 'away',
      invoke: { src: 'openStore' },
      on: {
        'store.opened': { actions: 'tellNeighbours' },
        'store.refused': {
          target: 'away',
          actions: { type: 'rememberRefusal', params: ({ event }) => event.reason },
        },
      },
      after: { trial: { target: 'ready', actions: 'forgetRefusal' } },
    },
    ready: {
      entry: 'stamp',
      invoke: { src: 'openStore' },
      on: {
        'store.refused': {
          target: 'away',
          actions: { type: 'rememberRefusal', params: ({ event }) => event.reason },
        },
        'store.opened': [
          { guard: 'isUnannounced', actions: ['announceReady', 'tellNeighbours', 'markReady', 'tellParent'] },
          { actions: ['announceReady', 'tellNeighbours', 'markReady'] },
        ],
      },
      initial: 'resting',
      states: {
        resting: {
          on: { 'connection.lost': 'probing' },
          after: {
            probeInterval: [{ guard: 'isMaintenanceDue', target: 'maintaining' }, { target: 'probing' }],
          },
        },
        probing: {
          exit: 'noteAnswer',
          invoke: {
            src: 'probe',
            onDone: { target: 'resting', actions: 'resetAttempts' },
            onError: { target: '#losing', actions: { type: 'rememberError', params: thrown } },
          },
          after: {
            silenceLimit: { actions: 'noteSilence' },
            probeDeadline: { target: '#losing', actions: 'rememberSilence' },
          },
        },
        maintaining: {
          exit: 'rememberMaintenance',
          invoke: { src: 'maintain', onDone: 'resting', onError: 'probing' },
          after: { maintainDeadline: { target: '#losing', actions: 'rememberSilence' } },
        },
      },
    },
    losing: {
      id: 'losing',
      always: [{ guard: 'ownsProcess', target: 'reaping' }, { target: 'away' }],
    },
    reaping: {
      entry: ['stamp', 'killServer'],
      on: { 'server.exited': 'away' },
    },
    away: {
      tags: 'away',
      entry: ['stamp', 'countAttempt'],
      always: [
        { guard: 'isUnannounced', actions: ['announceAway', 'markAway', 'tellParent'] },
        { guard: 'isAnnouncedReady', actions: ['announceAway', 'markAway'] },
      ],
      on: { 'server.exited': { actions: 'forgetRefusal' } },
      // A database that only refuses lives: its process is not started anew.
      after: { backoff: [{ guard: 'isRefused', target: 'connecting' }, { target: 'starting' }] },
    },
    closing: {
      entry: 'stamp',
      always: { guard: 'isAnnouncedReady', actions: ['announceAway', 'markAway'] },
      on: { 'child.stop': {}, 'server.exited': {} },
      invoke: { src: 'closeConnections', onDone: 'terminating', onError: 'terminating' },
      after: { closeDeadline: 'terminating' },
    },
    terminating: {
      entry: 'terminateServer',
      on: { 'child.stop': {}, 'server.exited': 'ended' },
      after: { stopDeadline: 'killing' },
    },
    killing: {
      entry: 'killServer',
      on: { 'child.stop': {}, 'server.exited': 'ended' },
    },
    ended: {
      always: [{ guard: 'hasFailed', target: 'failed' }, { target: 'stopped' }],
    },
    failed: {
      entry: 'stamp',
      on: { 'child.stop': {}, 'server.exited': {} },
      invoke: { src: 'escalate', input: ({ context }) => ({ failure: context.failure }) },
    },
    stopped: { type: 'final' },
  },
});
