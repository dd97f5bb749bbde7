import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type ActorRefFrom, createActor, setup, toPromise, waitFor } from 'xstate';
import { createDatabase, type Database } from '../../../actors/database/create-database.ts';
import { databaseMachine } from '../../../machines/database/machine.ts';
import type { DatabaseTimings } from '../../../machines/database/protocol.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { acquireLock, LockHeldError } from '../../../src/lib/process/lock.ts';
import { toMigration } from '../../../src/lib/store/migrations.ts';
import { spawnEmbeddedServer } from '../../../actors/database/embedded-server.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { tempDataHome } from '../../helpers/temp-database.ts';

// Every test starts databases, and some wait for several starts on two cores that others share.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });
const startMs = 60_000;

async function newHome(): Promise<string> {
  const dir = await tempDataHome();
  closeAfterTest(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A database machine with its real actors, under a parent that keeps what it is told. */
function startMachine(database: Database, timings: Partial<DatabaseTimings> = {}) {
  const facts: string[] = [];
  const logic = databaseMachine.provide({
    actors: database.actors,
    actions: { announceReady: () => facts.push('ready'), announceAway: () => facts.push('away') },
  });
  const parent = createActor(
    setup({ actors: { database: logic } }).createMachine({
      invoke: {
        id: 'database',
        src: 'database',
        input: { ...database.input, timings: { backoffMinMs: 50, ...timings } },
        onError: { actions: ({ event }) => facts.push(`failed: ${String(event.error)}`) },
      },
      on: { 'child.ready': { actions: () => facts.push('child.ready') } },
    }),
  );
  parent.start();
  const actor = parent.getSnapshot().children['database'] as ActorRefFrom<typeof databaseMachine>;
  const reaches = (value: 'ready' | 'away' | 'parked' | 'reaping' | 'stopped' | 'failed') =>
    waitFor(actor, (snapshot) => snapshot.matches(value), { timeout: startMs });
  const stop = async () => {
    if (actor.getSnapshot().status !== 'active') return;
    actor.send({ type: 'child.stop' });
    await reaches('stopped');
  };
  closeAfterTest(stop);
  return { actor, facts, reaches, stop };
}

function embedded(home: string): Database {
  return createDatabase({ target: { kind: 'embedded', dataDir: join(home, 'data'), socketDir: home } });
}

/** The holder wrote its pid into the lock file, which is what `LockHeldError` reports. */
function pidOf(home: string): number {
  try {
    acquireLock(join(home, 'data.lock')).release();
  } catch (thrown) {
    if (thrown instanceof LockHeldError && thrown.pid !== undefined) return thrown.pid;
    throw thrown;
  }
  throw new Error('no process holds the data directory');
}

function isGone(pid: number): boolean {
  return !existsSync(`/proc/${pid}`);
}

describe('embedded database under its machine', () => {
  it('is ready, serves the shared store, and leaves no process behind when it is stopped', async () => {
    const home = await newHome();
    const database = embedded(home);
    await expect(database.store.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
    await expect(database.checkpoint()).rejects.toBeInstanceOf(StoreAwayError);
    const machine = startMachine(database);
    await machine.reaches('ready');
    const { rows } = await database.store.query({
      name: 'answer',
      text: 'SELECT $1::int AS answer',
      values: [42],
    });
    expect(rows).toEqual([{ answer: 42 }]);
    await database.checkpoint();
    const { context } = machine.actor.getSnapshot();
    expect(context).toMatchObject({ kind: 'embedded', lastError: undefined });
    expect(context.serverVersion).toMatch(/^18\./);
    const pid = pidOf(home);
    await machine.stop();
    expect(isGone(pid)).toBe(true);
    await expect(database.store.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
    expect(machine.facts).toEqual(['ready', 'child.ready', 'away']);
  });

  it('loses nothing that it acknowledged when it is killed mid-stream, and comes back by itself', async () => {
    const home = await newHome();
    const database = embedded(home);
    const machine = startMachine(database);
    await machine.reaches('ready');
    const { store } = database;
    await store.query({ text: 'CREATE TABLE stream (n bigint PRIMARY KEY)' });

    const acknowledged: number[] = [];
    let outages = 0;
    let next = 0;
    const batch = 50;
    for (const killAt of [400, 900, 1_300]) {
      let victim: number | undefined = pidOf(home);
      while (next < killAt + 300) {
        const values = Array.from({ length: batch }, (_, index) => next + index);
        const insert = store.query({
          name: 'stream',
          text: 'INSERT INTO stream SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING',
          values: [values],
        });
        try {
          if (next === killAt && victim !== undefined) process.kill(victim, 'SIGKILL');
          if (next === killAt) victim = undefined;
          await insert;
          acknowledged.push(...values);
          next += batch;
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(StoreAwayError);
          outages++;
          await machine.reaches('ready');
        }
      }
    }
    const { rows } = await store.query<{ n: number }>({ text: 'SELECT n FROM stream ORDER BY n' });
    expect(rows.map(({ n }) => n)).toEqual(acknowledged);
    expect(outages).toBeGreaterThanOrEqual(3);
    expect(machine.facts.filter((fact) => fact === 'ready')).toHaveLength(4);
    expect(machine.actor.getSnapshot().context.lastError).toMatch(/SIGKILL|cannot be reached/);
  });

  it('notices that its process hangs, kills it and starts another', async () => {
    const home = await newHome();
    const database = embedded(home);
    const machine = startMachine(database, { probeIntervalMs: 200, probeDeadlineMs: 3_000 });
    await machine.reaches('ready');
    const hung = pidOf(home);
    process.kill(hung, 'SIGSTOP');
    const snapshot = await machine.reaches('reaping');
    expect(snapshot.context.lastError).toBe('the database does not answer');
    await machine.reaches('ready');
    expect(isGone(hung)).toBe(true);
    expect(pidOf(home)).not.toBe(hung);
    expect((await database.store.query({ text: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
  });

  it('parks with the reason, and with its process, where the schema does not fit', async () => {
    const home = await newHome();
    const database = createDatabase({
      target: { kind: 'embedded', dataDir: join(home, 'data'), socketDir: home },
      migrations: [toMigration(1, 'core', 'SELECT 1')],
    });
    const machine = startMachine(database);
    const snapshot = await machine.reaches('parked');
    expect(snapshot.context.lastError).toMatch(/000001_core|differs/);
    await expect(database.store.query({ text: 'SELECT 1' })).rejects.toThrow(StoreAwayError);
  });
});

describe('upkeep of the embedded database', () => {
  it('ends where a backup begins while it waits for its turn', async () => {
    const home = await newHome();
    const ran: string[] = [];
    let isHeld = false;
    const database = createDatabase({
      target: { kind: 'embedded', dataDir: join(home, 'data'), socketDir: home },
      onStatement: ({ text }) => ran.push(text),
      mayMaintain: () => !isHeld,
      behind: (store) => ({
        ...store,
        query: (statement) => {
          if (statement.text === 'CHECKPOINT') isHeld = true;
          return store.query(statement);
        },
      }),
    });
    await startMachine(database).reaches('ready');
    await toPromise(createActor(database.actors.maintain).start());
    expect(isHeld).toBe(true);
    expect(ran).not.toContain('CHECKPOINT');
  });
});

describe('embedded database process', () => {
  it('waits for a predecessor that still holds the directory, instead of opening it twice', async () => {
    const home = await newHome();
    const lock = acquireLock(join(home, 'data.lock'));
    const place = { dataDir: join(home, 'data'), socketDir: home };
    const impatient = spawnEmbeddedServer({ ...place, lockDeadlineMs: 200 });
    await expect(impatient.listening).rejects.toThrow(new RegExp(`pid ${process.pid}`));
    const patient = spawnEmbeddedServer({ ...place, lockDeadlineMs: 30_000 });
    closeAfterTest(async () => {
      patient.kill();
      await patient.exited;
    });
    lock.release();
    await patient.listening;
    expect(pidOf(home)).toBe(patient.pid);
    patient.terminate();
    expect(await patient.exited).toBe('the embedded database exited with 0');
  });

  it('ends by itself when the daemon is killed, and gives the directory back', async () => {
    const home = await newHome();
    const { command, args } = childEntry(import.meta.url, '../../fixtures/database/short-lived-daemon.ts');
    const daemon = spawn(command, [...args, home], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(daemon.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(pidOf(home)).toBe(pid);
    daemon.kill('SIGKILL');
    await expect.poll(() => isGone(pid), { timeout: 20_000, interval: 20 }).toBe(true);
    acquireLock(join(home, 'data.lock')).release();
  });

  it('ignores Ctrl-C, which the daemon answers for it', async () => {
    const home = await newHome();
    const server = spawnEmbeddedServer({
      dataDir: join(home, 'data'),
      socketDir: home,
      lockDeadlineMs: 1_000,
    });
    closeAfterTest(async () => {
      server.kill();
      await server.exited;
    });
    await server.listening;
    process.kill(server.pid, 'SIGINT');
    server.terminate();
    expect(await server.exited).toBe('the embedded database exited with 0');
  });

  it('makes a new database in a folder that does not exist, and starts over after an initdb that was cut short', async () => {
    const home = await newHome();
    const dataDir = join(home, 'fresh', 'data');
    const place = { dataDir, socketDir: join(home, 'socket'), lockDeadlineMs: 1_000 };
    const cut = spawnEmbeddedServer(place);
    await expect
      .poll(() => existsSync(`${dataDir}.unfinished`), { timeout: startMs, interval: 20 })
      .toBe(true);
    cut.kill();
    await cut.exited;
    expect(existsSync(dataDir)).toBe(false);
    const server = spawnEmbeddedServer(place);
    closeAfterTest(async () => {
      server.kill();
      await server.exited;
    });
    await server.listening;
    expect(existsSync(join(dataDir, 'PG_VERSION'))).toBe(true);
    expect(existsSync(`${dirname(dataDir)}/data.unfinished`)).toBe(false);
    server.terminate();
    await server.exited;
  });
});
