import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineOf, reportedParameters } from '../../../actors/database/pglite.ts';
import { startWireServer, type WireServer } from '../../../actors/database/wire-server.ts';
import { eventually } from '../../helpers/eventually.ts';

let db: PGlite;
let dir: string;
let server: WireServer;
let broken: Error[];
const clients: pg.Client[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  db = await PGlite.create();
});

afterAll(async () => {
  await db.close();
});

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ninjad-wire-'));
  await serve();
  await db.exec('DROP TABLE IF EXISTS notes; CREATE TABLE notes (n int PRIMARY KEY, text text)');
});

afterEach(async () => {
  await Promise.allSettled(clients.splice(0).map((client) => client.end()));
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
  expect(broken).toEqual([]);
});

async function serve(options: { idleInTransactionMs?: number; maxMessageBytes?: number } = {}) {
  broken = [];
  server = await startWireServer({
    engine: engineOf(db),
    parameters: await reportedParameters(db),
    socketDir: dir,
    onBroken: (error) => broken.push(error),
    ...options,
  });
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ host: dir, user: 'postgres', database: 'postgres' });
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

async function count(): Promise<number> {
  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM notes');
  return rows[0]?.n ?? -1;
}

describe('wire server', () => {
  it('keeps the socket and its folder to the owner', () => {
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(server.socketPath).isSocket()).toBe(true);
  });

  it('lets a second client wait while the first is inside a transaction, and runs it afterwards', async () => {
    const [first, second] = [await connect(), await connect()];
    await first.query('BEGIN');
    await first.query('INSERT INTO notes VALUES ($1, $2)', [1, 'first']);
    let answered = false;
    const waiting = second
      .query<{ n: number }>('INSERT INTO notes VALUES ($1, $2) RETURNING n', [2, 'second'])
      .then((result) => {
        answered = true;
        return result.rows;
      });
    for (let n = 10; n < 20; n++) await first.query('INSERT INTO notes VALUES ($1, $2)', [n, 'more']);
    expect(answered).toBe(false);
    await first.query('ROLLBACK');
    expect(await waiting).toEqual([{ n: 2 }]);
    expect(await count()).toBe(1);
  });

  it('keeps many clients with extended queries and failing ones apart', async () => {
    const everyone = await Promise.all(Array.from({ length: 6 }, connect));
    const results = await Promise.all(
      everyone.map(async (client, who) => {
        const echoes: unknown[] = [];
        for (let turn = 0; turn < 40; turn++) {
          echoes.push(
            turn % 7 === 3
              ? await client
                  .query('SELECT $1::int / 0', [turn])
                  .catch((thrown: unknown) => (thrown as Error).message)
              : (await client.query<{ echo: string }>('SELECT $1::text AS echo', [`${who}:${turn}`])).rows[0]
                  ?.echo,
          );
        }
        return echoes;
      }),
    );
    const expected = everyone.map((_, who) =>
      Array.from({ length: 40 }, (__, turn) => (turn % 7 === 3 ? 'division by zero' : `${who}:${turn}`)),
    );
    expect(results).toEqual(expected);
  });

  it('lets two clients use one name for different prepared statements', async () => {
    const [first, second] = [await connect(), await connect()];
    const one = { name: 'same', text: 'SELECT 1 AS answer' };
    const two = { name: 'same', text: `SELECT 'two' AS answer` };
    for (let round = 0; round < 3; round++) {
      expect((await first.query(one)).rows).toEqual([{ answer: 1 }]);
      expect((await second.query(two)).rows).toEqual([{ answer: 'two' }]);
    }
  });

  it('prepares a statement again when another client has discarded everything', async () => {
    const [first, second] = [await connect(), await connect()];
    const statement = { name: 'kept', text: 'SELECT $1::int AS answer' };
    await first.query({ ...statement, values: [1] });
    await second.query('DISCARD ALL');
    expect((await first.query({ ...statement, values: [2] })).rows).toEqual([{ answer: 2 }]);
    await second.query('DEALLOCATE ALL');
    expect((await first.query({ ...statement, values: [3] })).rows).toEqual([{ answer: 3 }]);
  });

  it('gives each client its own unnamed statement between two messages', async () => {
    const [first, second] = [rawClient(), await connect()];
    await first.start();
    await first.send('P', '\0SELECT 11\0', Buffer.alloc(2), ['S']);
    await second.query('SELECT $1::int', [22]);
    const answer = await first.send('B', '\0\0', Buffer.alloc(6), ['E', 'S']);
    expect(answer).toEqual(['2', 'D:11', 'C:SELECT 1', 'Z:I']);
  });

  it('rolls back for a client that vanishes inside a transaction', async () => {
    const [first, second] = [await connect(), await connect()];
    await first.query('BEGIN');
    await first.query(`INSERT INTO notes VALUES (1, 'lost')`);
    (first as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    await second.query(`INSERT INTO notes VALUES (1, 'kept')`);
    const { rows } = await second.query('SELECT n, text FROM notes');
    expect(rows).toEqual([{ n: 1, text: 'kept' }]);
  });

  it('rolls back and says so when a transaction is left idle, and serves the others', async () => {
    await server.close();
    await serve({ idleInTransactionMs: 300 });
    const [idle, other] = [await connect(), await connect()];
    const ended = new Promise<string>((resolve) => idle.on('error', (error) => resolve(error.message)));
    await idle.query('BEGIN');
    await idle.query(`INSERT INTO notes VALUES (1, 'never')`);
    await other.query(`INSERT INTO notes VALUES (2, 'other')`);
    expect(await ended).toMatch(/idle in a transaction for 300 ms/);
    expect(await count()).toBe(1);
  });

  it('leaves an idle client outside of a transaction alone', async () => {
    await server.close();
    await serve({ idleInTransactionMs: 50 });
    const [idle, busy] = [await connect(), await connect()];
    await idle.query('SELECT 1');
    for (let turn = 0; turn < 10; turn++) await busy.query('SELECT pg_sleep(0.02)');
    expect((await idle.query('SELECT 7 AS answer')).rows).toEqual([{ answer: 7 }]);
  });

  it('refuses COPY FROM STDIN with an error instead of dying, in both protocols, and copies out', async () => {
    const client = await connect();
    await expect(client.query('COPY notes FROM STDIN')).rejects.toThrow(/takes no COPY FROM STDIN/);
    await expect(client.query({ text: 'COPY notes FROM STDIN', values: [], name: 'copy' })).rejects.toThrow(
      /takes no COPY FROM STDIN/,
    );
    expect((await client.query('SELECT 3 AS answer')).rows).toEqual([{ answer: 3 }]);
  });

  it('delivers notifications to those who listen and to nobody else', async () => {
    const [listener, deaf, speaker] = [await connect(), await connect(), await connect()];
    const heard: (string | undefined)[] = [];
    const wrong: unknown[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload));
    deaf.on('notification', (message) => wrong.push(message));
    await listener.query('LISTEN news');
    await speaker.query(`NOTIFY news, 'hello'`);
    await eventually(() => expect(heard).toEqual(['hello']));
    await deaf.query('SELECT 1');
    expect(wrong).toEqual([]);
  });

  it('forgets the settings of a client that has left', async () => {
    const [visitor, resident] = [await connect(), await connect()];
    await visitor.query(`SET search_path = pg_catalog`);
    await visitor.end();
    await resident.query(`INSERT INTO notes VALUES (5, 'found')`);
    expect(await count()).toBe(1);
  });

  it('assembles a large message that comes in small pieces', async () => {
    const client = await connect();
    const text = 'x'.repeat(20 * 1024 * 1024);
    const { rows } = await client.query<{ size: number }>('SELECT length($1::text) AS size', [text]);
    expect(rows).toEqual([{ size: text.length }]);
    const raw = rawClient();
    await raw.start();
    expect(await raw.trickle('Q', 'SELECT 42\0')).toEqual(['T', 'D:42', 'C:SELECT 1', 'Z:I']);
  });

  it('refuses a message over the limit and what is not the protocol, and goes on', async () => {
    await server.close();
    await serve({ maxMessageBytes: 1024 });
    const bystander = await connect();
    const greedy = await connect();
    await expect(greedy.query(`SELECT '${'x'.repeat(2_000)}'`)).rejects.toThrow(
      /not the PostgreSQL protocol/,
    );
    const noise = rawClient();
    noise.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => expect(noise.socket.destroyed).toBe(true));
    expect((await bystander.query('SELECT 1 AS answer')).rows).toEqual([{ answer: 1 }]);
  });

  it('answers an SSL request with no and goes on in clear', async () => {
    const raw = rawClient();
    const request = Buffer.alloc(8);
    request.writeInt32BE(8, 0);
    request.writeInt32BE(80877103, 4);
    raw.socket.write(request);
    expect(await raw.byte()).toBe('N');
    await raw.start();
    expect(await raw.send('Q', 'SELECT 1\0', Buffer.alloc(0), [])).toEqual(['T', 'D:1', 'C:SELECT 1', 'Z:I']);
  });

  it('says that it is broken when the session gives no ReadyForQuery', async () => {
    await server.close();
    server = await startWireServer({
      engine: () => Promise.resolve(Buffer.alloc(0)),
      parameters: new Map(),
      socketDir: dir,
      onBroken: (error) => broken.push(error),
    });
    const client = await connect();
    client.query('SELECT 1').catch(() => undefined);
    await eventually(() => expect(broken).toHaveLength(1));
    expect(broken.splice(0)[0]?.message).toMatch(/no ReadyForQuery/);
  });

  it('tells its clients when it stops', async () => {
    const client = await connect();
    const ended = new Promise<string>((resolve) => client.on('error', (error) => resolve(error.message)));
    await server.close();
    expect(await ended).toBe('the embedded database is stopping');
  });
});

/** A client that speaks the protocol byte by byte; answers are shown as their types, with what matters of the body. */
function rawClient() {
  const socket = createConnection(server.socketPath);
  sockets.push(socket);
  socket.on('error', () => undefined);
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
  });

  async function untilReady(): Promise<string[]> {
    return vi.waitFor(
      () => {
        const shown = describeAnswer(received);
        expect(shown.at(-1)).toMatch(/^Z/);
        received = Buffer.alloc(0);
        return shown;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  const message = (type: string, head: string, tail: Buffer) => {
    const body = Buffer.concat([Buffer.from(head, 'latin1'), tail]);
    const header = Buffer.alloc(5);
    header.write(type);
    header.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([header, body]);
  };
  const shorthand: Record<string, Buffer> = {
    S: message('S', '', Buffer.alloc(0)),
    E: message('E', '\0', Buffer.alloc(4)),
  };

  return {
    socket,
    async byte() {
      return eventually(() => {
        expect(received.length).toBeGreaterThan(0);
        const first = String.fromCharCode(received[0] ?? 0);
        received = received.subarray(1);
        return first;
      });
    },
    async start() {
      const body = Buffer.from('user\0postgres\0\0');
      const packet = Buffer.alloc(8 + body.length);
      packet.writeInt32BE(packet.length, 0);
      packet.writeInt32BE(196608, 4);
      body.copy(packet, 8);
      socket.write(packet);
      await untilReady();
    },
    async send(type: string, head: string, tail: Buffer, then: string[]) {
      socket.write(
        Buffer.concat([message(type, head, tail), ...then.map((next) => shorthand[next] ?? Buffer.alloc(0))]),
      );
      return untilReady();
    },
    async trickle(type: string, head: string) {
      for (const byte of message(type, head, Buffer.alloc(0))) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return untilReady();
    },
  };
}

function describeAnswer(bytes: Buffer): string[] {
  const shown: string[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    const type = bytes.toString('latin1', at, at + 1);
    if (type === 'Z') shown.push(`Z:${bytes.toString('latin1', at + 5, at + 6)}`);
    else if (type === 'C') shown.push(`C:${bytes.toString('latin1', at + 5, end - 1)}`);
    else if (type === 'D') shown.push(`D:${bytes.toString('latin1', at + 11, end)}`);
    else shown.push(type);
    at = end;
  }
  return shown;
}
