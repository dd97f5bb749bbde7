import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { send } from '../helpers/dashboard.ts';

interface Inspector {
  child: ChildProcess;
  socketUrl: string;
  pageUrl: string;
  /** What it has said on stderr. */
  said(): string;
}

let daemon: TestDaemon;
const children: ChildProcess[] = [];
const sockets: WebSocket[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ env: { MAIL_TOKEN: 'a-secret-of-the-owner' } });
}, 200_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => endDaemons());

async function startInspector(): Promise<Inspector> {
  const child = spawn(process.execPath, [packagePath('dist', 'src', 'main.js'), 'inspect', '--json'], {
    env: { PATH: '/usr/bin:/bin', NINJAD_HOME: daemon.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await until('it says where it listens', () => {
    if (child.exitCode !== null) throw new Error(err);
    return out.includes('}');
  });
  return { child, ...(JSON.parse(out) as { socketUrl: string; pageUrl: string }), said: () => err };
}

/** A WebSocket client; what it heard, in order. Rejects with the status that it was refused with. */
async function connect(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers });
  sockets.push(socket);
  const heard: Array<Record<string, unknown>> = [];
  socket.on('message', (data: Buffer) =>
    heard.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>),
  );
  await once(socket, 'open');
  return { socket, heard };
}

describe('ninjad inspect', () => {
  it('lets a program read what happens to the actors, without secrets and without what people wrote', async () => {
    const { socketUrl, child } = await startInspector();
    const { heard, socket } = await connect(socketUrl);
    const names = () => heard.filter(({ type }) => type === '@xstate.actor').map(({ name }) => name);
    await until('all are introduced', () => names().includes('fifo-reader'));
    expect(names().slice(0, 3)).toEqual(['root', 'tree', 'database']);
    const router = heard.find(({ name }) => name === 'router');
    expect(router).toMatchObject({ snapshot: { status: 'active' }, _version: expect.any(String) as string });
    expect(JSON.parse(String(router?.['definition']))).toMatchObject({ id: 'router' });

    daemon.write('HUMAN|shell||ask|a private question of the owner\n');
    await until('a task is introduced', () => names().includes('task.1'));
    const task = heard.find(({ name }) => name === 'task.1')?.['sessionId'];
    const ofTask = () => heard.filter(({ sessionId }) => sessionId === task);
    await until('it has come to its end', () =>
      ofTask().some(({ snapshot }) => (snapshot as { status?: string } | undefined)?.status === 'done'),
    );
    expect(ofTask().some(({ type }) => type === '@xstate.event')).toBe(true);
    const text = JSON.stringify(heard);
    for (const word of ['private question', 'a-secret-of-the-owner']) expect(text).not.toContain(word);

    const closed = once(socket, 'close');
    child.kill('SIGINT');
    await Promise.all([closed, once(child, 'exit')]);
    expect(child.exitCode).toBe(0);
    expect((await daemon.status()).ready).toBe(true);
  });

  it('opens to nobody without the secret of this run, nor to a foreign page or name, and on loopback only', async () => {
    const { socketUrl, pageUrl } = await startInspector();
    const { origin, host, hash } = new URL(pageUrl);
    const secret = hash.slice(1);
    await expect(connect(`ws://${host}/`)).rejects.toThrow('401');
    await expect(connect(`ws://${host}/${'x'.repeat(secret.length)}`)).rejects.toThrow('401');
    await expect(connect(socketUrl, { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(connect(socketUrl, { host: 'evil.example' })).rejects.toThrow('403');
    await expect(connect(socketUrl.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow('ECONNREFUSED');
    await connect(socketUrl, { origin });

    const page = await send(`${origin}/`);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(secret);
    expect(String(page.headers['content-security-policy'])).toContain('frame-src https://stately.ai');
    expect(String(page.headers['content-security-policy'])).not.toContain('unsafe');
    expect((await send(`${origin}/inspect.js`)).text).toContain("const inspector = 'https://stately.ai'");
    expect((await send(`${origin}/../../package.json`)).status).toBe(404);
    expect((await send(`${origin}/`, { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  it('serves four at once, hangs up on who sends too much, and makes room when one leaves', async () => {
    const { socketUrl } = await startInspector();
    const open = [];
    for (let one = 0; one < 4; one += 1) open.push(await connect(socketUrl));
    await expect(connect(socketUrl)).rejects.toThrow('429');
    const [first] = open;
    const closed = once((first as (typeof open)[number]).socket, 'close');
    first?.socket.send('x'.repeat(5_000));
    await closed;
    await until('there is room', () =>
      connect(socketUrl).then(
        () => true,
        () => false,
      ),
    );
  });

  it('says so where no daemon runs', async () => {
    await daemon.kill('SIGKILL');
    expect(await daemon.ninjad('inspect')).toMatchObject({ code: 3, stdout: '' });
  });
});
