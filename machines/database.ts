import { assertEvent, assign, fromCallback, fromPromise, sendParent, sendTo, setup } from 'xstate';
import {
  type DatabaseContext,
  type DatabaseEvent,
  type DatabaseInput,
  type DatabaseServerCommand,
  initialContext,
} from './database-context.ts';
import { isStoreAway, messageOf } from './failure.ts';

const unprovided = (name: string) => (): never => {
  throw new Error(`database machine: "${name}" was not provided`);
};

/**
 * The database, from its process to a migrated schema, and back again after an outage.
 *
 *     starting ─▶ connecting ─▶ migrating ─▶ ready { resting ⇄ probing, maintaining }
 *        ▲            │             │ refused        │ hung, lost, exited
 *        │            ▼             │                ▼
 *        └─backoff─ away ◀──────────┼─── reaping (kill, see it gone)
 *                                   ▼
 *     child.stop ──────────────▶ closing ─▶ terminating ─▶ killing ─▶ stopped | failed
 *
 * An outage is `away`, never an error: the embedded database's death too. Only what waiting cannot heal
 * ends in `failed`, which is an error to the supervisor. `server` is the actor that owns the process; for a
 * database elsewhere it has none and answers at once.
 */
export const databaseMachine = setup({
  types: {
    context: {} as DatabaseContext,
    input: {} as DatabaseInput,
    events: {} as DatabaseEvent,
  },
  actors: {
    runServer: fromCallback<DatabaseServerCommand>(unprovided('runServer')),
    connect: fromPromise<{ serverVersion: string }>(unprovided('connect')),
    migrate: fromPromise(unprovided('migrate')),
    openStore: fromCallback(unprovided('openStore')),
    probe: fromPromise(unprovided('probe')),
    maintain: fromPromise(unprovided('maintain')),
    closeConnections: fromPromise(unprovided('closeConnections')),
    escalate: fromPromise<never, { failure: unknown }>(({ input }) => Promise.reject(input.failure as Error)),
  },
  actions: {
    announceReady: unprovided('announceReady'),
    announceAway: unprovided('announceAway'),
    launchServer: sendTo('server', { type: 'server.launch' }),
    terminateServer: sendTo('server', { type: 'server.terminate' }),
    killServer: sendTo('server', { type: 'server.kill' }),
    stamp: assign({ since: ({ context }) => context.now() }),
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    resetAttempts: assign({ attempts: 0 }),
    rememberError: assign({ lastError: (_, params: { error: unknown }) => messageOf(params.error) }),
    rememberExit: assign({
      lastError: ({ event }) => {
        assertEvent(event, 'server.exited');
        return event.reason;
      },
    }),
    rememberSilence: assign({ lastError: 'the database does not answer' }),
    rememberSlowStart: assign({ lastError: 'the database took too long to start' }),
    rememberFailure: assign({ failure: (_, params: { error: unknown }) => params.error }),
    rememberVersion: assign({
      serverVersion: (_, params: { serverVersion: string }) => params.serverVersion,
    }),
    rememberMaintenance: assign({ maintainedAt: ({ context }) => context.now() }),
    tellParent: sendParent(({ self }) => ({ type: 'child.ready', id: self.id })),
    markReady: assign({ announced: 'ready' }),
    markAway: assign({ announced: 'away' }),
  },
  guards: {
    ownsProcess: ({ context }) => context.kind === 'embedded',
    isOutage: (_, params: { error: unknown }) => isStoreAway(params.error),
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
    backoff: ({ context: { attempts, random, timings } }) =>
      Math.min(timings.backoffMaxMs, timings.backoffMinMs * 2 ** (attempts - 1)) * (1 - random() / 2),
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
        onError: { target: 'losing', actions: { type: 'rememberError', params: ({ event }) => event } },
      },
      after: { probeDeadline: { target: 'losing', actions: 'rememberSilence' } },
    },
    migrating: {
      entry: 'stamp',
      invoke: {
        src: 'migrate',
        onDone: 'ready',
        onError: [
          {
            guard: { type: 'isOutage', params: ({ event }) => event },
            target: 'losing',
            actions: { type: 'rememberError', params: ({ event }) => event },
          },
          {
            target: 'closing',
            actions: [
              { type: 'rememberError', params: ({ event }) => event },
              { type: 'rememberFailure', params: ({ event }) => event },
            ],
          },
        ],
      },
    },
    ready: {
      entry: 'stamp',
      invoke: { src: 'openStore' },
      on: {
        'store.opened': [
          { guard: 'isUnannounced', actions: ['announceReady', 'markReady', 'tellParent'] },
          { actions: ['announceReady', 'markReady'] },
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
          invoke: {
            src: 'probe',
            onDone: { target: 'resting', actions: 'resetAttempts' },
            onError: { target: '#losing', actions: { type: 'rememberError', params: ({ event }) => event } },
          },
          after: { probeDeadline: { target: '#losing', actions: 'rememberSilence' } },
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
      entry: ['stamp', 'countAttempt'],
      always: [
        { guard: 'isUnannounced', actions: ['announceAway', 'markAway', 'tellParent'] },
        { guard: 'isAnnouncedReady', actions: ['announceAway', 'markAway'] },
      ],
      on: { 'server.exited': {} },
      after: { backoff: 'starting' },
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
