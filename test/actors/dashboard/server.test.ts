import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../helpers/daemon.ts';
import { closePages, enterBy, openPage, send } from '../../helpers/dashboard.ts';
import { type OpenDoor, openDoor, removeDoor } from '../../helpers/open-door.ts';

let at: OpenDoor;
beforeAll(async () => {
  at = await openDoor();
});
afterEach(closePages);
afterAll(() => removeDoor(at));

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
  (await send(`${at.url}${path}`, { headers })).status;
const tally = (statuses: readonly number[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('the limit of wrong tokens', () => {
  it('refuses no right token, however many come at once', async () => {
    at.hold();
    let refused = 0;
    const asked = Array.from({ length: 240 }, async () => {
      const status = await statusOf('/api/hello', bearer(at.token));
      if (status !== 200) refused += 1;
      return status;
    });
    await until('all are under way', () => at.held() + refused === 240);
    at.release();
    expect(tally(await Promise.all(asked))).toEqual({ 200: 240 });
  });

  it('lets the right token and a fresh code in after, and among, wrong ones, which it slows', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 60 }, (_, n) => statusOf('/api/hello', bearer(`wrong-${n}`))),
    );
    expect(tally(guesses)).toEqual({ 401: 20, 429: 40 });
    expect(await statusOf('/api/hello', bearer('wrong-again'))).toBe(429);
    for (const path of ['/api/hello', '/metrics']) expect(await statusOf(path, bearer(at.token))).toBe(200);
    const enter = (code: string) => send(`${at.url}/session`, { method: 'POST', body: { code } });
    expect((await enter('guess')).status).toBe(429);
    expect((await enter(at.door.issueCode().code)).status).toBe(204);
  });
});

describe('a session', () => {
  const enter = () => enterBy(new URL(`${at.url}/enter#${at.door.issueCode().code}`));
  const origin = () => ({ origin: at.url });

  it('is no use to who has the cookie alone, by HTTP or by a socket', async () => {
    const { url, cookie, key } = await enter();
    for (const path of ['/api/hello', '/metrics', '/session']) {
      expect(await statusOf(path, { cookie }), path).toBe(401);
      expect(await statusOf(path, { cookie, 'x-ninjad-key': `${key}x` }), path).toBe(401);
    }
    await expect(openPage({ url, cookie }, origin())).rejects.toThrow('open the link');
    await expect(openPage({ url, cookie, key: 'guess' }, origin())).rejects.toThrow('open the link');
    const page = await openPage({ url, cookie, key }, origin());
    expect((await page.get('hello.get', {})).version).toBe('0.1.0');
  });

  it('is over when its browser signs out, sockets included; others go on', async () => {
    const [leaving, staying] = [await enter(), await enter()];
    const [page, other] = [await openPage(leaving), await openPage(staying)];
    const gone = new Promise<string>((resolve) => page.socket.once('disconnect', resolve));
    expect((await leaving.fetch('/session', { method: 'DELETE' })).status).toBe(204);
    expect(await gone).toBe('io server disconnect');
    expect((await leaving.fetch('/api/hello')).status).toBe(401);
    await expect(openPage(leaving)).rejects.toThrow();
    expect((await staying.fetch('/api/hello')).status).toBe(200);
    expect(other.socket.connected).toBe(true);
  });

  it('outlives a restart of the server, and none outlives a new token', async () => {
    const visitor = await enter();
    const again = await openDoor(at.home);
    const statusThere = async () =>
      (
        await send(`${again.url}/api/hello`, {
          headers: { cookie: visitor.cookie, 'x-ninjad-key': visitor.key },
        })
      ).status;
    expect(await statusThere()).toBe(200);
    again.door.renew();
    expect(await statusThere()).toBe(401);
    again.close();
  });
});

describe('connections that never end their headers', () => {
  const open: Socket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  /** A stranger who has begun a request and says no more. */
  const dawdle = async (): Promise<Socket> => {
    const { hostname, port } = new URL(at.url);
    const socket = connect(Number(port), hostname);
    open.push(socket);
    socket.on('error', () => undefined).resume();
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write('GET /api/hello HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    return socket;
  };

  it('keep nobody out, and throw out nobody who is in', async () => {
    const visitor = await enterBy(new URL(`${at.url}/enter#${at.door.issueCode().code}`));
    const page = await openPage(visitor);
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(Array.from({ length: 60 }, dawdle));
      expect(await statusOf('/api/hello', bearer(at.token))).toBe(200);
    }
    const fresh = await enterBy(new URL(`${at.url}/enter#${at.door.issueCode().code}`));
    expect((await fresh.fetch('/api/hello')).status).toBe(200);
    expect((await page.get('hello.get', {})).version).toBe('0.1.0');
    await until('the oldest of them are cut off', () => open.filter(({ closed }) => !closed).length <= 128);
  });

  it('are cut off soon after their time', async () => {
    const started = performance.now();
    const socket = await dawdle();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - started).toBeLessThan(15_000);
  }, 40_000);
});

describe('a page whose Host a reverse proxy has rewritten', () => {
  it('is told the line that its proxy lacks', async () => {
    const headers = { origin: 'https://nas.lan', host: '127.0.0.1:7717' };
    const answer = await send(`${at.url}/session`, { method: 'POST', body: { code: 'x' }, headers });
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ error: { code: 'FOREIGN_PAGE' } });
    expect(answer.text).toContain('proxy_set_header Host');
    expect(answer.text).toContain('https://nas.lan');
  });
});
