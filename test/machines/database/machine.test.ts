import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, setup, SimulatedClock, waitFor } from 'xstate';
import { databaseMachine } from '../../../machines/database/machine.ts';
import type {
  DatabaseInput,
  DatabaseServerCommand,
  DatabaseServerFact,
  DatabaseTimings,
} from '../../../machines/database/protocol.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const timings: DatabaseTimings = {
  startDeadlineMs: 50_000,
  backoffMinMs: 100,
  backoffMaxMs: 1_000,
  probeIntervalMs: 5_000,
  probeDeadlineMs: 2_000,
  maintainIntervalMs: 20_000,
  maintainDeadlineMs: 30_000,
  closeDeadlineMs: 3_000,
  stopDeadlineMs: 10_000,
  silenceMs: 1_000,
  trialMs: 2_000,
  migrationPatienceMs: 20_000,
  parkedMs: 300_000,
};

const never = (): Promise<never> => new Promise(() => undefined);

interface Behaviour {
  launch(tell: (fact: DatabaseServerFact) => void): void;
  end(tell: (fact: DatabaseServerFact) => void): void;
  connect(): Promise<unknown>;
  migrate(): Promise<unknown>;
  probe(): Promise<unknown>;
  maintain(): Promise<unknown>;
  closeConnections(): Promise<unknown>;
}

/** A database of fakes under a parent that notes what it hears; every promise actor is a function a test may replace. */
function startDatabase(kind: DatabaseInput['kind'] = 'embedded', overrides: Partial<Behaviour> = {}) {
  const clock = new SimulatedClock();
  const heard: string[] = [];
  const commands: string[] = [];
  const behaviour: Behaviour = {
    launch: (tell) => tell({ type: 'server.listening' }),
    end: (tell) => tell({ type: 'server.exited', reason: 'asked to' }),
    connect: () => Promise.resolve(),
    migrate: () => Promise.resolve(),
    probe: () => Promise.resolve(),
    maintain: () => Promise.resolve(),
    closeConnections: () => Promise.resolve(),
    ...overrides,
  };
  const note = (what: string) => () => void heard.push(what);
  const logic = databaseMachine.provide({
    actors: {
      runServer: fromCallback<DatabaseServerCommand>(({ receive, sendBack }) => {
        receive(({ type }) => {
          commands.push(type);
          if (type === 'server.launch') behaviour.launch(sendBack);
          else behaviour.end(sendBack);
        });
      }),
      connect: fromPromise(async () => {
        await behaviour.connect();
        return { serverVersion: '18.1' };
      }),
      migrate: fromPromise<unknown>(() => behaviour.migrate()),
      openStore: fromCallback(({ sendBack }) => {
        note('store opened')();
        sendBack({ type: 'store.opened' });
        return note('store closed');
      }),
      probe: fromPromise<unknown>(() => behaviour.probe()),
      maintain: fromPromise<unknown>(() => behaviour.maintain()),
      closeConnections: fromPromise<unknown>(() => behaviour.closeConnections()),
    },
    actions: { announceReady: note('announced ready'), announceAway: note('announced away') },
  });
  const parent = setup({ actors: { database: logic } }).createMachine({
    invoke: {
      id: 'database',
      src: 'database',
      input: { kind, url: 'postgresql://db', timings, random: () => 0, now: () => clock.now() },
      onDone: { actions: note('database done') },
      onError: { actions: ({ event }) => heard.push(`database failed: ${String(event.error)}`) },
    },
    on: { 'child.ready': { actions: ({ event }) => heard.push(`ready: ${String(event['id'])}`) } },
  });
  const root = createActor(parent, { clock });
  root.start();
  const actor = root.getSnapshot().children['database'] as ReturnType<
    typeof createActor<typeof databaseMachine>
  >;
  const reaches = (value: string) =>
    waitFor(actor, (snapshot) => snapshot.matches(value as 'ready'), { timeout: 5_000 });
  return { actor, clock, heard, commands, behaviour, reaches };
}

type Started = ReturnType<typeof startDatabase>;

/** Lets promise actors that are already settled report. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function fields({ actor }: Started) {
  const { value, context } = actor.getSnapshot();
  return { value, lastError: context.lastError, attempts: context.attempts, since: context.since };
}

describe('database machine', () => {
  it('starts, connects, migrates, opens the store and tells its parent once', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    expect(database.commands).toEqual(['server.launch']);
    expect(database.heard).toEqual(['store opened', 'announced ready', 'ready: database']);
    expect(database.actor.getSnapshot().context).toMatchObject({
      kind: 'embedded',
      url: 'postgresql://db',
      serverVersion: '18.1',
      lastError: undefined,
      attempts: 0,
    });
  });

  it('shows each step on the way by its state', async () => {
    const database = startDatabase();
    const values: unknown[] = [database.actor.getSnapshot().value];
    database.actor.subscribe((snapshot) => values.push(snapshot.value));
    await database.reaches('ready');
    expect(values.filter((value, index) => values.indexOf(value) === index).slice(0, 3)).toEqual([
      'connecting',
      'migrating',
      { ready: 'resting' },
    ]);
  });

  it('takes the death of the embedded database for an outage and relaunches it by itself', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.clock.increment(1_000);
    database.actor.send({ type: 'server.exited', reason: 'was killed by SIGKILL' });
    expect(fields(database)).toEqual({
      value: 'away',
      lastError: 'was killed by SIGKILL',
      attempts: 1,
      since: 1_000,
    });
    database.clock.increment(99);
    expect(database.actor.getSnapshot().value).toBe('away');
    database.clock.increment(1);
    await database.reaches('ready');
    expect(database.commands).toEqual(['server.launch', 'server.launch']);
    expect(database.heard).toEqual([
      'store opened',
      'announced ready',
      'ready: database',
      'announced away',
      'store closed',
      'store opened',
      'announced ready',
    ]);
  });

  it('counts as up for its parent when it is away from the start, and backs off exponentially up to the limit', async () => {
    const database = startDatabase('server', {
      connect: () => Promise.reject(new StoreAwayError('connection refused')),
    });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      await database.reaches('away');
      const from = database.clock.now();
      while (database.actor.getSnapshot().value === 'away') database.clock.increment(50);
      pauses.push(database.clock.now() - from);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(database.heard).toEqual(['announced away', 'ready: database']);
    expect(database.actor.getSnapshot().context.lastError).toBe('connection refused');
  });

  it('notices a hung database by the probe, kills it, and waits until it is gone', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.behaviour.probe = never;
    database.behaviour.end = () => undefined;
    database.clock.increment(5_000);
    expect(database.actor.getSnapshot().value).toEqual({ ready: 'probing' });
    database.clock.increment(1_999);
    expect(database.actor.getSnapshot().value).toEqual({ ready: 'probing' });
    database.clock.increment(1);
    expect(fields(database)).toMatchObject({ value: 'reaping', lastError: 'the database does not answer' });
    expect(database.commands).toEqual(['server.launch', 'server.kill']);
    database.clock.increment(60_000);
    expect(database.actor.getSnapshot().value).toBe('reaping');
    database.actor.send({ type: 'server.exited', reason: 'killed' });
    expect(fields(database)).toMatchObject({ value: 'away', lastError: 'the database does not answer' });
  });

  it('probes at once when a connection is lost, and stays ready when the answer comes', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.actor.send({ type: 'connection.lost', reason: 'reset' });
    expect(database.actor.getSnapshot().value).toEqual({ ready: 'probing' });
    await settle();
    expect(database.actor.getSnapshot().value).toEqual({ ready: 'resting' });
    expect(database.heard).not.toContain('announced away');
  });

  it('only forgets its failed attempts once a probe has succeeded', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.actor.send({ type: 'server.exited', reason: 'crashed' });
    database.clock.increment(100);
    await database.reaches('ready');
    expect(database.actor.getSnapshot().context.attempts).toBe(1);
    database.clock.increment(5_000);
    await settle();
    expect(database.actor.getSnapshot().context.attempts).toBe(0);
  });

  it('maintains the database instead of probing it when that is due', async () => {
    const database = startDatabase();
    let maintained = 0;
    database.behaviour.maintain = () => Promise.resolve(maintained++);
    await database.reaches('ready');
    for (let probe = 0; probe < 8; probe++) {
      database.clock.increment(5_000);
      await settle();
    }
    expect(maintained).toBe(2);
    expect(database.actor.getSnapshot().value).toEqual({ ready: 'resting' });
  });

  it('kills an embedded database that does not listen in time', () => {
    const database = startDatabase('embedded', { launch: () => undefined });
    database.clock.increment(49_999);
    expect(database.actor.getSnapshot().value).toBe('starting');
    database.clock.increment(1);
    expect(fields(database)).toMatchObject({
      value: 'away',
      lastError: 'the database took too long to start',
    });
    expect(database.commands).toEqual(['server.launch', 'server.kill']);
  });

  it('ends its process and fails with the reason at an error that nobody expects', async () => {
    const database = startDatabase();
    database.behaviour.migrate = () => Promise.reject(new Error('the database is newer'));
    await settle();
    await settle();
    expect(database.heard).toEqual(['database failed: Error: the database is newer']);
    expect(database.commands).toEqual(['server.launch', 'server.terminate']);
    expect(database.actor.getSnapshot()).toMatchObject({ value: 'failed', status: 'error' });
  });

  it('parks with the reason where its schema does not fit, without a start anew, and looks again after a while', async () => {
    const database = startDatabase();
    const unfit = Object.assign(new Error('the schema is newer'), { isPermanent: true });
    database.behaviour.migrate = () => Promise.reject(unfit);
    await database.reaches('parked');
    expect(fields(database)).toMatchObject({ lastError: 'the schema is newer', attempts: 0 });
    expect(database.heard).toEqual(['announced away', 'ready: database']);
    expect(database.commands).toEqual(['server.launch']);
    database.clock.increment(299_999);
    await settle();
    expect(database.actor.getSnapshot().value).toBe('parked');
    database.behaviour.migrate = () => Promise.resolve();
    database.clock.increment(1);
    await database.reaches('ready');
    expect(database.heard).toEqual(['announced away', 'ready: database', 'store opened', 'announced ready']);
    expect(database.commands).toEqual(['server.launch']);
  });

  it('lets everything else start where a migration takes long', async () => {
    const database = startDatabase();
    let done: () => void = () => undefined;
    database.behaviour.migrate = () => new Promise<void>((resolve) => (done = resolve));
    await database.reaches('migrating');
    database.clock.increment(20_000);
    expect(database.heard).toEqual(['announced away', 'ready: database']);
    expect(fields(database)).toMatchObject({
      value: 'migrating',
      lastError: 'its schema is being brought up to date',
    });
    done();
    await database.reaches('ready');
    expect(database.heard).toEqual(['announced away', 'ready: database', 'store opened', 'announced ready']);
  });

  it('takes a connection lost while migrating for an outage', async () => {
    const database = startDatabase();
    database.behaviour.migrate = () => Promise.reject(new StoreAwayError('connection terminated'));
    await database.reaches('away');
    expect(fields(database)).toMatchObject({ lastError: 'connection terminated', attempts: 1 });
    database.behaviour.migrate = () => Promise.resolve();
    database.clock.increment(100);
    await database.reaches('ready');
  });

  it('is away while Postgres answers and refuses, without ending its process, until nothing is refused any more', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    const refuse = (reason: string) => database.actor.send({ type: 'store.refused', reason });
    refuse('read-only');
    expect(fields(database)).toMatchObject({ value: 'away', lastError: 'read-only', attempts: 1 });
    database.behaviour.migrate = () =>
      Promise.reject(new StoreAwayError('still read-only', { refused: true }));
    database.clock.increment(100);
    await eventually(() => expect(fields(database)).toMatchObject({ value: 'away', attempts: 2 }));
    expect(fields(database)).toMatchObject({ lastError: 'still read-only' });

    // It can be written again by the proof, but not by everybody.
    database.behaviour.migrate = () => Promise.resolve();
    database.clock.increment(200);
    await database.reaches('trying');
    expect(database.actor.getSnapshot().hasTag('away')).toBe(true);
    refuse('a lock');
    expect(fields(database)).toMatchObject({ value: 'away', lastError: 'a lock', attempts: 3 });

    database.clock.increment(400);
    await database.reaches('trying');
    database.clock.increment(1_999);
    expect(database.actor.getSnapshot().value).toBe('trying');
    database.clock.increment(1);
    expect(database.actor.getSnapshot().value).toEqual({ ready: 'resting' });
    expect(database.commands).toEqual(['server.launch']);
    expect(database.heard.filter((what) => what.startsWith('announced'))).toEqual([
      'announced ready',
      'announced away',
      'announced ready',
    ]);
  });

  it('starts a process anew that dies while it refuses', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.actor.send({ type: 'store.refused', reason: 'disk full' });
    database.actor.send({ type: 'server.exited', reason: 'panic' });
    database.clock.increment(100);
    await database.reaches('ready');
    expect(database.commands).toEqual(['server.launch', 'server.launch']);
  });

  it('notes a probe that goes unanswered long before it counts as hung', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    const answer = withResolvers<undefined>();
    database.behaviour.probe = () => answer.promise;
    const isUnanswered = () => database.actor.getSnapshot().context.unanswered;
    database.clock.increment(5_000);
    database.clock.increment(999);
    expect(isUnanswered()).toBe(false);
    database.clock.increment(1);
    expect(isUnanswered()).toBe(true);
    answer.resolve(undefined);
    await settle();
    expect(isUnanswered()).toBe(false);
  });

  it('stops in order: store closed, connections closed, process asked to end, then gone', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.behaviour.end = () => undefined;
    database.actor.send({ type: 'child.stop' });
    expect(database.actor.getSnapshot().value).toBe('closing');
    await database.reaches('terminating');
    expect(database.commands).toEqual(['server.launch', 'server.terminate']);
    database.actor.send({ type: 'child.stop' });
    expect(database.actor.getSnapshot().value).toBe('terminating');
    database.actor.send({ type: 'server.exited', reason: 'exited with 0' });
    expect(database.actor.getSnapshot()).toMatchObject({ value: 'stopped', status: 'done' });
    expect(database.heard.slice(3)).toEqual(['announced away', 'store closed', 'database done']);
  });

  it('does not wait for ever on open statements, nor on a process that ignores the request', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.behaviour.closeConnections = never;
    database.behaviour.end = () => undefined;
    database.actor.send({ type: 'child.stop' });
    database.clock.increment(3_000);
    expect(database.actor.getSnapshot().value).toBe('terminating');
    database.clock.increment(20_000);
    expect(database.actor.getSnapshot().value).toBe('killing');
    expect(database.commands.slice(1)).toEqual(['server.terminate', 'server.kill']);
    database.actor.send({ type: 'server.exited', reason: 'killed' });
    expect(database.actor.getSnapshot().status).toBe('done');
  });

  it('stops from away too', async () => {
    const database = startDatabase();
    await database.reaches('ready');
    database.actor.send({ type: 'server.exited', reason: 'crashed' });
    database.actor.send({ type: 'child.stop' });
    await settle();
    expect(database.actor.getSnapshot()).toMatchObject({ value: 'stopped', status: 'done' });
  });

  it('fails loudly when its actors were not provided', () => {
    const actor = createActor(databaseMachine, { input: { kind: 'server', url: '' } });
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    actor.start();
    expect(errors).toEqual([new Error('database machine: "runServer" was not provided')]);
  });
});
