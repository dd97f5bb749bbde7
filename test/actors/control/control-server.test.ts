import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActor, setup, type ActorRefFrom, type AnyActorRef, type EventObject } from 'xstate';
import { type ControlService, createControlServer } from '../../../actors/control/control-server.ts';
import { createControlClient } from '../../../src/faces/control/client.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { Operations } from '../../../src/operations.ts';
import { fakeControl, type Overrides, someStatus, someTask } from '../../helpers/fake-control.ts';
import { eventually } from '../../helpers/eventually.ts';

let folder: string;
let socketPath: string;
const started: AnyActorRef[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninjad-control-'));
  socketPath = join(folder, 'control.sock');
});
afterEach(() => {
  for (const actor of started.splice(0)) actor.stop();
  rmSync(folder, { recursive: true });
});

/** Starts the server under a parent that notes what it is told. */
function start(service: ControlService) {
  const facts: EventObject[] = [];
  const logic = createControlServer(service);
  const parent = setup({ actors: { control: logic } }).createMachine({
    invoke: { id: 'control', src: 'control', input: { socketPath } },
    on: { '*': { actions: ({ event }) => facts.push(event) } },
  });
  const actor = createActor(parent);
  started.push(actor);
  actor.start();
  const server = () => actor.getSnapshot().children['control'] as ActorRefFrom<typeof logic>;
  return { actor, facts, server };
}

async function listening(overrides: Overrides = {}) {
  const fake = fakeControl(overrides);
  const running = start(fake.service);
  await eventually(() => expect(running.facts).toEqual([{ type: 'control.listening', socketPath }]));
  return { ...fake, ...running, client: createControlClient<Operations>(socketPath) };
}

interface RawAnswer {
  status: number | undefined;
  body: unknown;
}

function raw(method: string, path: string, body?: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request({ socketPath, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) as unknown }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

describe('control server', () => {
  it('listens on a socket that only we can use', async () => {
    await listening();
    expect((statSync(socketPath).mode & 0o777).toString(8)).toBe('600');
  });

  it('serves the table of operations', async () => {
    const { client, calls } = await listening();
    const { ask } = client;
    expect(await ask('status.get', {})).toEqual(someStatus);
    expect(await ask('tasks.list', { state: 'done', limit: 5 })).toEqual({ items: [someTask], next: null });
    expect((await ask('task.get', { id: 12 })).task).toEqual(someTask);
    expect(await ask('task.retry', { id: 12 })).toEqual({ taskId: 12, message: 'task 12 is queued again' });
    expect(await ask('task.steer', { id: 12, text: 'look at /var' })).toEqual({
      taskId: 12,
      message: 'said',
    });
    expect((await ask('events.list', { source: 'cron:disk' })).items).toHaveLength(1);
    expect(await ask('events.explain', { line: 'LOW|a||b|c' })).toMatchObject({
      accepted: true,
      rule: 'urgent',
    });
    expect(await ask('config.list', {})).not.toHaveLength(0);
    expect(await ask('config.set', { key: 'log.level', value: 'debug' })).toMatchObject({
      value: 'debug',
      origin: 'table',
    });
    expect(await ask('config.get', { key: 'log.level' })).toMatchObject({ value: 'debug' });
    expect(await ask('config.unset', { key: 'log.level' })).toMatchObject({
      value: 'info',
      origin: 'default',
    });
    expect(await ask('sql.run', { text: 'select 1' })).toMatchObject([{ columns: ['id', 'detail'] }]);
    expect(calls).toEqual([
      ['status.get', {}],
      ['tasks.list', { state: 'done', limit: 5 }],
      ['task.get', { id: 12 }],
      ['task.retry', { id: 12 }],
      ['task.steer', { id: 12, text: 'look at /var' }],
      ['events.list', { source: 'cron:disk', limit: 50 }],
      ['events.explain', { line: 'LOW|a||b|c' }],
      ['config.list', {}],
      ['config.set', { key: 'log.level', value: 'debug' }],
      ['config.get', { key: 'log.level' }],
      ['config.unset', { key: 'log.level' }],
      ['sql.run', { text: 'select 1' }],
    ]);
  });

  it('takes the place of a socket file that a dead daemon left', async () => {
    const dead = createServer();
    await new Promise<void>((resolve) => void dead.listen(join(folder, 'dead.sock'), resolve));
    // A second name keeps the file when the server removes its own.
    linkSync(join(folder, 'dead.sock'), socketPath);
    await new Promise((resolve) => dead.close(resolve));
    expect(statSync(socketPath).isSocket()).toBe(true);
    const { client } = await listening();
    expect((await client.ask('status.get', {})).pid).toBe(4242);
  });

  it('reports that it cannot listen, and throws nothing', async () => {
    mkdirSync(join(socketPath, 'a-folder-in-the-way'), { recursive: true });
    const { facts, actor } = start(fakeControl().service);
    await eventually(() => expect(facts).toHaveLength(1));
    expect(facts[0]).toMatchObject({ type: 'control.failed' });
    expect((facts[0] as unknown as { message: string }).message).toContain(`cannot listen on ${socketPath}`);
    expect(actor.getSnapshot().status).toBe('active');
  });

  it('reports a socket path that the kernel refuses', async () => {
    socketPath = join(folder, 'x'.repeat(120));
    const { facts } = start(fakeControl().service);
    await eventually(() => expect(facts).toMatchObject([{ type: 'control.failed' }]));
  });

  it('ends streams, answers what is under way, and is gone after child.stop', async () => {
    const answers: (() => void)[] = [];
    const { client, server, facts, watches } = await listening({
      'sql.run': () => new Promise((resolve) => void answers.push(() => resolve([]))),
    });
    const stream = client.watch('key-1');
    expect(await stream.next()).toEqual({ done: false, value: { type: 'watching' } });
    const slow = client.ask('sql.run', { text: 'select pg_sleep(1)' });
    await eventually(() => expect(answers).toHaveLength(1));

    server().send({ type: 'child.stop' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await expect(client.ask('status.get', {})).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    for (const answer of answers) answer();
    expect(await slow).toEqual([]);
    await eventually(() => expect(facts.at(-1)).toEqual({ type: 'control.closed' }));
    expect(existsSync(socketPath)).toBe(false);
    expect(watches.size).toBe(0);
  });

  it('closes at once when the actor is stopped, whatever is under way', async () => {
    const status = vi.fn(() => new Promise<never>(() => {}));
    const { client, actor, watches } = await listening({ 'status.get': status });
    const stream = client.watch('key-1');
    await stream.next();
    const refused = expect(client.ask('status.get', {})).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await eventually(() => expect(status).toHaveBeenCalled());
    actor.stop();
    await refused;
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await eventually(() => expect(watches.size).toBe(0));
    expect(existsSync(socketPath)).toBe(false);
  });
});

describe('control errors', () => {
  const databaseError = Object.assign(new Error('relation "x" does not exist'), {
    severity: 'ERROR',
    code: '42P01',
  });

  const at = (name: string): string => `/v1/operations/${name}`;

  it.each<[string, Overrides, string, string, unknown, number, string, string]>([
    [
      'an unknown path',
      {},
      'GET',
      '/v1/nothing',
      undefined,
      404,
      'NOT_FOUND',
      'the control socket has no GET /v1/nothing',
    ],
    [
      'an unknown operation',
      {},
      'POST',
      at('tasks.burn'),
      {},
      404,
      'UNAVAILABLE',
      'there is no operation "tasks.burn"',
    ],
    ['a task that is no number', {}, 'POST', at('task.get'), { id: 'x' }, 400, 'USAGE', 'id: '],
    ['a missing task', {}, 'POST', at('task.get'), { id: 13 }, 404, 'NOT_FOUND', 'no task 13'],
    ['an ended task', {}, 'POST', at('task.cancel'), { id: 12 }, 409, 'CONFLICT', 'task 12 is done'],
    ['a bad filter', {}, 'POST', at('tasks.list'), { state: 'lost' }, 400, 'USAGE', 'state: '],
    ['an unknown filter', {}, 'POST', at('events.list'), { colour: 'red' }, 400, 'USAGE', 'colour'],
    ['a limit out of bounds', {}, 'POST', at('events.list'), { limit: 100000 }, 400, 'USAGE', 'limit: '],
    ['a body that is no JSON', {}, 'POST', at('sql.run'), '{', 400, 'USAGE', 'JSON'],
    ['a missing body', {}, 'POST', at('sql.run'), undefined, 400, 'USAGE', 'text: '],
    [
      'a body that is too large',
      {},
      'POST',
      at('sql.run'),
      { text: 'x'.repeat(5e6) },
      413,
      'USAGE',
      'too large',
    ],
    ['an unknown setting', {}, 'POST', at('config.get'), { key: 'prt' }, 400, 'USAGE', 'did you mean port?'],
    [
      'a cold setting',
      {},
      'POST',
      at('config.set'),
      { key: 'port', value: 1 },
      400,
      'USAGE',
      'cannot change while the daemon runs',
    ],
    [
      'a setting without a value',
      {},
      'POST',
      at('config.set'),
      { key: 'log.level' },
      400,
      'USAGE',
      'value: ',
    ],
    ['a bad watch key', {}, 'GET', '/v1/watch/a%20b', undefined, 400, 'USAGE', '400 characters'],
    [
      'a statement that Postgres refuses',
      { 'sql.run': () => Promise.reject(databaseError) },
      'POST',
      at('sql.run'),
      { text: 'select * from x' },
      422,
      'SQL_42P01',
      'ERROR: relation "x" does not exist',
    ],
    [
      'a database that is away',
      { 'tasks.list': () => Promise.reject(new StoreAwayError('the database is away')) },
      'POST',
      at('tasks.list'),
      undefined,
      503,
      'STORE_AWAY',
      'the database is away',
    ],
    [
      'a call that throws',
      {
        'status.get': () => {
          throw new TypeError('a bug');
        },
      },
      'POST',
      at('status.get'),
      undefined,
      500,
      'INTERNAL',
      'a bug',
    ],
    [
      'a watch that throws',
      {
        watch: () => {
          throw new Error('no more watches');
        },
      },
      'GET',
      '/v1/watch/k',
      undefined,
      500,
      'INTERNAL',
      'no more watches',
    ],
  ])(
    'answers %s with its status, code and sentence',
    async (_, overrides, method, path, body, status, code, message) => {
      await listening(overrides);
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await raw(method, path, text);
      expect(answer).toEqual({
        status,
        body: { error: { code, message: expect.stringContaining(message) as string } },
      });
      expect((await raw('POST', at('config.get'), '{"key":"port"}')).status).toBe(200);
    },
  );

  it('survives noise on the socket', async () => {
    const { client } = await listening();
    const noise = connectSocket(socketPath);
    noise.on('error', () => {});
    noise.end('\u0000\u0001 not http at all\r\n\r\n');
    await new Promise((resolve) => noise.resume().once('close', resolve));
    expect((await client.ask('status.get', {})).pid).toBe(4242);
  });
});

describe('control watches', () => {
  it('stream what happens, `watching` first even where news come at once, and end after `ended`', async () => {
    const { client, watches } = await listening({
      watch(key, send) {
        watches.set(key, send);
        send({ type: 'accepted' });
        return () => watches.delete(key);
      },
    });
    const stream = client.watch('key-1');
    expect((await stream.next()).value).toEqual({ type: 'watching' });
    expect((await stream.next()).value).toEqual({ type: 'accepted' });
    const ended = {
      type: 'ended',
      eventId: 1,
      taskId: 2,
      state: 'done',
      outcome: 'ok',
      reply: 'a\u2028b',
      reason: null,
    } as const;
    const send = watches.get('key-1');
    send?.({ type: 'text', text: 'naïve ✓\n' });
    send?.(ended);
    send?.({ type: 'text', text: 'too late' });
    expect((await stream.next()).value).toEqual({ type: 'text', text: 'naïve ✓\n' });
    expect((await stream.next()).value).toEqual(ended);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await eventually(() => expect(watches.size).toBe(0));
  });

  it('are freed when the client goes away', async () => {
    const { client, watches } = await listening();
    const gone = new AbortController();
    const stream = client.watch('key-1', gone.signal);
    const other = client.watch('key-2');
    await stream.next();
    await other.next();
    gone.abort();
    await expect(stream.next()).rejects.toMatchObject({ name: 'AbortError' });
    await eventually(() => expect([...watches.keys()]).toEqual(['key-2']));
    watches.get('key-2')?.({ type: 'accepted' });
    expect((await other.next()).value).toEqual({ type: 'accepted' });
  });

  it('are dropped when the client does not read', async () => {
    const { watches } = await listening();
    const deaf = connectSocket(socketPath);
    deaf.on('error', () => {});
    deaf.pause().write('GET /v1/watch/key-1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => expect(watches.size).toBe(1));
    const piece = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < 256 && watches.size === 1; sent++) {
      watches.get('key-1')?.({ type: 'text', text: piece });
      await new Promise(setImmediate);
    }
    await eventually(() => expect(watches.size).toBe(0));
    deaf.destroy();
  });
});
