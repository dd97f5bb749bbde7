import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDatabase, type DatabaseDeps } from '../../../actors/database/create-database.ts';
import { databaseMachine } from '../../../machines/database/machine.ts';
import type { DatabaseTimings } from '../../../machines/database/protocol.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { toMigration } from '../../../src/lib/store/migrations.ts';
import { proveRecordable } from '../../../src/tasks/rows/prove-recordable.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { nativeBinaries, nativePostgres, type NativePostgres } from '../../helpers/native-postgres.ts';
import { startPipeline } from '../../helpers/pipeline.ts';
import { tempDataHome } from '../../helpers/temp-database.ts';

leakGuard({ withinMs: 15_000 });

const timings: Partial<DatabaseTimings> = { backoffMinMs: 50, backoffMaxMs: 200, trialMs: 300 };

/** The database machine and the router as the daemon has them, with what they said about the store. */
async function rig(deps: DatabaseDeps) {
  const database = createDatabase({ prove: proveRecordable, ...deps });
  const said: string[] = [];
  const logic = databaseMachine.provide({
    actors: database.actors,
    actions: {
      announceReady: () => said.push('ready'),
      announceAway: ({ context }) => said.push(`away: ${context.lastError ?? ''}`),
    },
  });
  const pipeline = startPipeline({
    store: database.store,
    database: { logic, input: { ...database.input, timings } },
  });
  await pipeline.reading();
  const actor = pipeline.databaseActor();
  const state = () => {
    const snapshot = actor.getSnapshot();
    return snapshot.hasTag('away') ? 'away' : JSON.stringify(snapshot.value);
  };
  return {
    ...pipeline,
    said,
    asked: database.asked,
    console: database.console,
    isReady: () => vi.waitFor(() => expect(actor.getSnapshot().matches('ready')).toBe(true), 8_000),
    isAway: () => vi.waitFor(() => expect(state()).toBe('away'), 8_000),
    write: (...lines: string[]) => writeFileSync(pipeline.fifo, lines.map((line) => `${line}\n`).join('')),
    lastError: () => actor.getSnapshot().context.lastError,
    attempts: () => actor.getSnapshot().context.attempts,
  };
}

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `LOW|cron:a||metric|${from + index}`);

/** A trigger that raises what it is told to for each event that is no proof. */
const raising = (code: string, when = 'true') => `
  CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused here' USING ERRCODE = '${code}'; END $$;
  CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION refuse();`;

/** The tables that recording needs, without the extensions of the others. */
function coreTables(): string {
  const schema = readFileSync(packagePath('sql', 'schema.sql'), 'utf8');
  return ['journals', 'events', 'tasks']
    .map((name) => new RegExp(`^CREATE TABLE ${name} \\([^;]*;`, 'm').exec(schema)?.[0] ?? '')
    .join('\n');
}

const bin = nativeBinaries();

describe.skipIf(bin === undefined)('a server that answers and refuses to write', () => {
  let server: NativePostgres;
  let owner: pg.Client;

  beforeAll(async () => {
    server = await nativePostgres(bin ?? '');
    owner = new pg.Client({ connectionString: server.url });
    await owner.connect();
    await owner.query(`CREATE ROLE daemon LOGIN`);
  });
  afterAll(async () => {
    await owner.end();
    server.remove();
  });
  beforeEach(async () => {
    await owner.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION daemon`);
  });

  const daemonUrl = () => server.url.replace('ninja:secret@', 'daemon@');
  const endSessions = () =>
    owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'daemon'`);
  const start = () =>
    rig({ target: { kind: 'server', url: daemonUrl() }, migrations: [toMigration(1, 'core', coreTables())] });
  const recorded = async () =>
    (await owner.query<{ payload: string; status: string }>('SELECT payload, status FROM events ORDER BY id'))
      .rows;
  const all = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ payload: String(index), status: 'done' }));

  /** What makes it refuse, and what ends that. */
  const troubles: [string, () => Promise<unknown>, () => Promise<unknown>, RegExp][] = [
    [
      'is read-only',
      async () => {
        await owner.query('ALTER DATABASE postgres SET default_transaction_read_only = on');
        await endSessions();
      },
      async () => {
        await owner.query('SET default_transaction_read_only = off');
        await owner.query('ALTER DATABASE postgres RESET default_transaction_read_only');
      },
      /read-only/,
    ],
    ...(['40P01', '53100', '55P03', '57014', '58030', 'XX000', 'P0001'] as const).map(
      (code): [string, () => Promise<unknown>, () => Promise<unknown>, RegExp] => [
        `raises ${code} for every event`,
        () => owner.query(raising(code)),
        () => owner.query('DROP TRIGGER refuse ON events'),
        new RegExp(`refused here \\(SQLSTATE ${code}\\)`),
      ],
    ),
    [
      'raises 53100 for what the proof does not try',
      () => owner.query(raising('53100', `NEW.category = 'metric'`)),
      () => owner.query('DROP TRIGGER refuse ON events'),
      /refused here/,
    ],
    [
      'has taken the rights away',
      () => owner.query('ALTER TABLE events OWNER TO ninja; REVOKE ALL ON events FROM daemon'),
      () => owner.query('ALTER TABLE events OWNER TO daemon'),
      /permission denied for table events/,
    ],
    [
      'has lost its table',
      () => owner.query('ALTER TABLE events RENAME TO gone'),
      () => owner.query('ALTER TABLE gone RENAME TO events'),
      /relation "events" does not exist/,
    ],
    [
      'has lost all its tables',
      () => owner.query('ALTER SCHEMA public RENAME TO gone'),
      () => owner.query('ALTER SCHEMA gone RENAME TO public'),
      /does not exist|are gone/,
    ],
  ];

  it.each(troubles)(
    '%s: is away with the reason, keeps the order, and loses nothing',
    async (_, begin, end, reason) => {
      const daemon = await start();
      await daemon.isReady();
      daemon.write(...lines(0, 20));
      await vi.waitFor(async () => expect(await recorded()).toHaveLength(20), 8_000);
      await begin();
      daemon.write(...lines(20, 30));
      await daemon.isAway();
      await vi.waitFor(() => expect(daemon.attempts()).toBeGreaterThan(2), 8_000);
      expect(daemon.lastError()).toMatch(reason);
      daemon.write(...lines(50, 10));
      await end();
      await daemon.isReady();
      await vi.waitFor(async () => expect(await recorded()).toHaveLength(60), 8_000);
      expect(await recorded()).toEqual(all(60));
      expect(daemon.said.map((what) => what.slice(0, 5))).toEqual(['ready', 'away:', 'ready']);
      expect(daemon.counters.deadLettered).toBe(0);
      expect(daemon.journal.pendingLines()).toBe(0);
      await daemon.stop();
    },
  );

  it('is asked again at once after a deadlock, and nobody hears of it', async () => {
    const daemon = await start();
    await daemon.isReady();
    await owner.query(
      `CREATE SEQUENCE tries; GRANT ALL ON tries TO daemon; ${raising('40P01', `nextval('tries') = 1`)}`,
    );
    daemon.write(...lines(0, 3));
    await vi.waitFor(async () => expect(await recorded()).toEqual(all(3)), 8_000);
    expect(daemon.said).toEqual(['ready']);
    await daemon.stop();
  });

  it('whose table is locked past lock_timeout dead-letters nobody, however often the lock comes and goes', async () => {
    await owner.query(`ALTER ROLE daemon SET lock_timeout = '50ms'`);
    try {
      const daemon = await start();
      await daemon.isReady();
      for (let round = 0; round < 6; round++) {
        await owner.query('BEGIN; LOCK TABLE events');
        daemon.write(...lines(round * 5, 5));
        await daemon.isAway();
        await owner.query('COMMIT');
      }
      await vi.waitFor(async () => expect(await recorded()).toHaveLength(30), 8_000);
      expect(await recorded()).toEqual(all(30));
      await daemon.stop();
    } finally {
      await owner.query('ALTER ROLE daemon RESET lock_timeout');
    }
  });

  it('is away from the start where it is read-only, and still answers what the owner asks', async () => {
    const before = await start();
    await before.isReady();
    await before.stop();
    await owner.query('ALTER DATABASE postgres SET default_transaction_read_only = on');
    const daemon = await start();
    daemon.write(...lines(0, 3));
    await daemon.isAway();
    await expect(daemon.asked.query({ text: 'SELECT 1' })).rejects.toThrow('not ready');
    await owner.query('SET default_transaction_read_only = off');
    await owner.query('ALTER DATABASE postgres RESET default_transaction_read_only');
    await daemon.isReady();
    await vi.waitFor(async () => expect(await recorded()).toEqual(all(3)), 8_000);
    await owner.query(raising('53100'));
    daemon.write(...lines(3, 1));
    await daemon.isAway();
    await daemon.asked.query({ text: 'SELECT 1' });
    await daemon.console.query({ text: 'DROP TRIGGER refuse ON events' });
    await vi.waitFor(async () => expect(await recorded()).toEqual(all(4)), 8_000);
    await daemon.stop();
  });

  it('that takes the row but not its dead letter keeps the event', async () => {
    const daemon = await start();
    await daemon.isReady();
    // The row is refused for what it is; meanwhile the disk has become full.
    await owner.query(
      `ALTER TABLE events ADD CONSTRAINT no_threes CHECK (payload <> '3' OR status = 'dead')`,
    );
    await owner.query(raising('53100', `NEW.status = 'dead'`));
    daemon.write(...lines(0, 5));
    await daemon.isAway();
    expect(daemon.counters.deadLettered).toBe(0);
    await owner.query('DROP TRIGGER refuse ON events');
    await vi.waitFor(async () => expect(await recorded()).toHaveLength(5), 8_000);
    expect((await recorded()).map(({ status }) => status)).toEqual(['done', 'done', 'done', 'dead', 'done']);
    await daemon.stop();
  });
});

describe('the embedded database that refuses to write', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await tempDataHome();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is away in its own process, which lives on, and takes everything in order afterwards', async () => {
    const daemon = await rig({ target: { kind: 'embedded', dataDir: `${dir}/data`, socketDir: dir } });
    await daemon.isReady();
    await daemon.asked.query({ text: raising('53100') });
    daemon.write(...lines(0, 30));
    await daemon.isAway();
    await vi.waitFor(() => expect(daemon.attempts()).toBeGreaterThan(1), 8_000);
    expect(daemon.lastError()).toMatch(/refused here \(SQLSTATE 53100\)/);
    await daemon.asked.query({ text: 'SELECT 1' });
    await daemon.console.query({ text: 'DROP TRIGGER refuse ON events' });
    await daemon.isReady();
    const { rows } = await daemon.asked.query({ text: 'SELECT payload, status FROM events ORDER BY id' });
    expect(rows).toEqual(
      Array.from({ length: 30 }, (_, index) => ({ payload: String(index), status: 'done' })),
    );
    await daemon.stop();
  });
});
