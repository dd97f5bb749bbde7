import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { engineOf, reportedParameters } from '../../../actors/database/pglite.ts';
import { startWireServer, type WireServer } from '../../../actors/database/wire-server.ts';
import { daemonName } from '../../../src/lib/store/pool.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { eventually } from '../../helpers/eventually.ts';

let db: PGlite;
let dir: string;
let server: WireServer;
const broken: Error[] = [];
const clients: pg.Client[] = [];

beforeAll(async () => {
  db = await PGlite.create();
});
afterAll(() => db.close());

beforeEach(async () => {
  dir = tempDir();
  server = await startWireServer({
    engine: engineOf(db),
    parameters: await reportedParameters(db),
    socketDir: dir,
    onBroken: (error) => broken.push(error),
  });
  await db.exec(
    'DROP TABLE IF EXISTS events; CREATE TABLE events (n int); CREATE SCHEMA IF NOT EXISTS elsewhere',
  );
});
afterEach(async () => {
  await Promise.allSettled(clients.splice(0).map((client) => client.end()));
  await server.close();
  expect(broken.splice(0)).toEqual([]);
});

async function connect(name: string): Promise<pg.Client> {
  const client = new pg.Client({ host: dir, user: 'postgres', database: 'postgres', application_name: name });
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}
const trio = () => Promise.all([connect(daemonName), connect('psql'), connect('psql')]);

/** What the daemon does all the time, by a prepared statement as it does. */
async function record(daemon: pg.Client, n = 1): Promise<void> {
  await daemon.query({ name: 'record', text: 'INSERT INTO events VALUES ($1)', values: [n] });
}
const show = async (client: pg.Client, name: string) =>
  (await client.query<{ value: string }>(`SELECT current_setting('${name}') AS value`)).rows[0]?.value;

describe('what a person leaves in a psql that stays open', () => {
  it.each([
    ['SET default_transaction_read_only = on'],
    ['SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY'],
    [`SELECT set_config('default_transaction_read_only', 'on', false)`],
    ['SET search_path = elsewhere'],
    [`SET search_path = ''`],
    ['CREATE TEMP TABLE events AS SELECT 1 AS other, 2 AS columns'],
    ['SELECT 1 AS other INTO TEMPORARY events'],
    [`DO $$ BEGIN EXECUTE 'CREATE TEM' || 'P VIEW events AS SELECT 1 AS one'; END $$`],
    ['CREATE ROLE nobody_much; SET ROLE nobody_much'],
    ['CREATE ROLE nobody_much; SET SESSION AUTHORIZATION nobody_much'],
    ['PREPARE c1_1 AS SELECT 1'],
    ['DISCARD ALL'],
    ['DEALLOCATE ALL'],
    [
      `SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET extra_float_digits = -5; SET bytea_output = escape`,
    ],
    ['SET client_encoding = LATIN1'],
    ['DECLARE c CURSOR WITH HOLD FOR SELECT 1'],
  ])('does not reach the daemon: %s', async (sql) => {
    const [daemon, person] = await trio();
    await record(daemon);
    await person.query(sql).catch(() => undefined);
    await record(daemon, 2);
    expect((await db.query('SELECT n FROM public.events ORDER BY n')).rows).toEqual([{ n: 1 }, { n: 2 }]);
    const { rows } = await daemon.query(
      `SELECT timestamptz '2026-01-01T00:00Z' AS at, current_user AS me, 'ä' AS umlaut`,
    );
    expect(rows).toEqual([{ at: new Date('2026-01-01T00:00Z'), me: 'postgres', umlaut: 'ä' }]);
    await person.end();
    await record(daemon, 3);
    await db.exec('DROP ROLE IF EXISTS nobody_much');
    expect((await db.query('SELECT count(*)::int AS n FROM public.events')).rows).toEqual([{ n: 3 }]);
  });

  it('is theirs again at their next turn, and nobody else’s', async () => {
    const [daemon, one, other] = await trio();
    await one.query(`SET search_path = elsewhere, public; SET TimeZone = 'Asia/Tokyo'; SET my.own = 'mine'`);
    await one.query('PREPARE answer AS SELECT 42 AS answer');
    await other.query(`SET TimeZone = 'Europe/Rome'`);
    await other.query('PREPARE answer AS SELECT 43 AS answer');
    for (let turn = 0; turn < 3; turn++) {
      await record(daemon);
      expect(await show(one, 'search_path')).toBe('elsewhere, public');
      expect(await show(one, 'TimeZone')).toBe('Asia/Tokyo');
      expect(await show(one, 'my.own')).toBe('mine');
      expect(await show(other, 'TimeZone')).toBe('Europe/Rome');
      expect(await show(other, 'search_path')).toBe('public');
      expect((await one.query('EXECUTE answer')).rows).toEqual([{ answer: 42 }]);
      expect((await other.query('EXECUTE answer')).rows).toEqual([{ answer: 43 }]);
    }
    await one.end();
    expect(await show(other, 'TimeZone')).toBe('Europe/Rome');
    await record(daemon);
  });

  it('keeps its role, which can do no more than its own', async () => {
    const [daemon, person] = await trio();
    await person.query(
      'DROP ROLE IF EXISTS reader; CREATE ROLE reader; GRANT SELECT ON events TO reader; SET ROLE reader',
    );
    await record(daemon);
    expect((await person.query('SELECT current_user AS me')).rows).toEqual([{ me: 'reader' }]);
    await expect(person.query('INSERT INTO events VALUES (9)')).rejects.toThrow('permission denied');
    await person.query('RESET ROLE');
    await record(daemon);
    expect((await person.query('SELECT current_user AS me')).rows).toEqual([{ me: 'postgres' }]);
  });

  it('gives temporary tables to one at a time, says so to the next, and takes them away when their owner leaves', async () => {
    const [daemon, one, other] = await trio();
    await one.query('CREATE TEMP TABLE events AS SELECT 7 AS seven');
    await record(daemon);
    expect((await one.query('SELECT * FROM events')).rows).toEqual([{ seven: 7 }]);
    expect((await other.query('SELECT * FROM events')).rows).toEqual([{ n: 1 }]);
    await expect(other.query('CREATE TEMP TABLE mine (n int)')).rejects.toThrow(
      /another connection has temporary tables/,
    );
    await expect(other.query('DISCARD ALL')).rejects.toThrow(/another connection has temporary tables/);
    expect((await one.query('SELECT * FROM events')).rows).toEqual([{ seven: 7 }]);
    await one.end();
    await eventually(() => other.query('CREATE TEMP TABLE mine (n int)'));
    await record(daemon);
    expect((await other.query('SELECT count(*)::int AS n FROM events')).rows).toEqual([{ n: 2 }]);
  });

  it('is refused where it would be an empty promise: a lock for a session', async () => {
    const [daemon, person] = await trio();
    await expect(person.query('SELECT pg_advisory_lock(1)')).rejects.toThrow(/one session for all/);
    await person.query('BEGIN');
    await expect(person.query({ text: 'SELECT pg_try_advisory_lock($1)', values: [1] })).rejects.toThrow(
      /one session/,
    );
    await expect(person.query('SELECT 1')).rejects.toThrow(/transaction is aborted/);
    await person.query('ROLLBACK');
    await person.query('BEGIN; SELECT pg_advisory_xact_lock(1); COMMIT');
    await record(daemon);
  });

  it('hears its own channels only, whatever others say of all', async () => {
    const [daemon, one, other] = await trio();
    const heard: string[] = [];
    one.on('notification', ({ channel }) => heard.push(`one ${channel}`));
    other.on('notification', ({ channel }) => heard.push(`other ${channel}`));
    await one.query('LISTEN news');
    await other.query('LISTEN "Weather"; LISTEN news');
    await other.query('UNLISTEN *');
    await other.query('LISTEN "Weather"');
    await daemon.query(`NOTIFY news; NOTIFY "Weather"`);
    await eventually(() => expect(heard.sort()).toEqual(['one news', 'other Weather']));
    await other.end();
    await daemon.query(`NOTIFY news`);
    await eventually(() => expect(heard.sort()).toEqual(['one news', 'one news', 'other Weather']));
  });
});
