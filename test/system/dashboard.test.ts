import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { closePages, enter, openPage, send } from '../helpers/dashboard.ts';

let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});
afterEach(closePages);
afterAll(() => endDaemons());

const tokenOf = ({ home }: TestDaemon): string => readFileSync(join(home, 'token'), 'utf8').trim();
const urlOf = async (of: TestDaemon): Promise<string> => String((await of.status()).dashboard.url);

describe('the door', () => {
  it('keeps its token in a file that only we can read', () => {
    expect(statSync(join(daemon.home, 'token')).mode & 0o777).toBe(0o600);
    expect(tokenOf(daemon)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('lets a one-time link in once, by a cookie that scripts and other sites cannot use', async () => {
    const link = new URL((await daemon.client.ask('dashboard.link', { renew: false })).url);
    const post = () => send(`${link.origin}/session`, { method: 'POST', body: { code: link.hash.slice(1) } });
    const first = await post();
    expect(first.status).toBe(204);
    expect(String(first.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect((await post()).status).toBe(401);
  });

  it('never puts link, code or token into the log', async () => {
    const link = new URL((await daemon.client.ask('dashboard.link', { renew: false })).url);
    await send(`${link.origin}/session`, { method: 'POST', body: { code: link.hash.slice(1) } });
    const files = readFileSync(join(daemon.home, 'logs', 'ninjad.log'), 'utf8');
    for (const secret of [link.hash.slice(1), tokenOf(daemon)]) {
      expect(daemon.log()).not.toContain(secret);
      expect(files).not.toContain(secret);
    }
  });

  it('answers 401 without cookie or token, and to wrong ones', async () => {
    const url = await urlOf(daemon);
    const answers = await Promise.all([
      send(`${url}/api/now`),
      send(`${url}/api/now`, { headers: { authorization: 'Bearer wrong' } }),
      send(`${url}/api/now`, { headers: { cookie: 'ninjad-00000000=s1.x.y.z' } }),
      send(`${url}/metrics`),
      send(`${url}/session`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
  });

  it('lets a script in by the token', async () => {
    const answer = await send(`${await urlOf(daemon)}/api/now`, {
      headers: { authorization: `Bearer ${tokenOf(daemon)}` },
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ status: { pid: daemon.child.pid, ready: true } });
  });

  it('refuses a foreign Host everywhere, also with the token (DNS rebinding)', async () => {
    const url = await urlOf(daemon);
    const headers = { host: 'evil.example:7717', authorization: `Bearer ${tokenOf(daemon)}` };
    for (const path of ['/', '/healthz', '/session', '/api/now', '/vendor/preact.js'])
      expect((await send(`${url}${path}`, { headers })).status, path).toBe(421);
  });

  it('refuses the cookie from a foreign page, by Origin and by Sec-Fetch-Site', async () => {
    const visitor = await enter(daemon);
    const cancel = (headers: Record<string, string>) =>
      visitor.fetch('/api/tasks/1/cancel', { method: 'POST', body: {}, headers });
    expect((await cancel({ origin: 'http://evil.example' })).status).toBe(401);
    expect((await cancel({ origin: 'http://localhost:1' })).status).toBe(401);
    expect((await cancel({ origin: 'null' })).status).toBe(401);
    expect((await cancel({ 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await cancel({ 'sec-fetch-site': 'same-site' })).status).toBe(401);
    expect((await cancel({ origin: visitor.url })).status).toBe(404);
  });

  it('does not let a foreign page log the browser in or out', async () => {
    const visitor = await enter(daemon);
    const headers = { origin: 'http://evil.example' };
    expect((await visitor.fetch('/session', { method: 'DELETE', headers })).status).toBe(403);
    expect((await visitor.fetch('/session', { method: 'POST', body: { code: 'x' }, headers })).status).toBe(
      403,
    );
    expect((await visitor.fetch('/session')).status).toBe(204);
  });

  it('opens a socket to the cookie from our own page only', async () => {
    const visitor = await enter(daemon);
    await expect(openPage({ ...visitor, cookie: '' })).rejects.toThrow();
    await expect(openPage(visitor, { origin: 'http://evil.example' })).rejects.toThrow();
    await expect(openPage(visitor, { host: 'evil.example' })).rejects.toThrow();
    await expect(openPage(visitor, { cookie: 'ninjad=guess' })).rejects.toThrow();
    const page = await openPage(visitor, { origin: visitor.url });
    await until('hello came', () => page.heard('hello').length === 1);
    expect(page.heard('hello')[0]).toMatchObject({ version: '0.1.0' });
  });
});

describe('a page', () => {
  it('gets headers that forbid inline script, frames and sniffing', async () => {
    const { headers } = await send(`${await urlOf(daemon)}/healthz`);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('has its policy in every address that can be one, and what it loads is neither sniffed nor for other sites', async () => {
    const url = await urlOf(daemon);
    for (const address of ['/', '/anything', '/enter', '/icon.svg', '/nothing.js/at/all']) {
      const { headers } = await send(`${url}${address}`);
      expect(headers, address).toHaveProperty('content-security-policy');
    }
    for (const address of ['/js/main.js', '/css/all.css', '/vendor/socket.io.js']) {
      const { headers } = await send(`${url}${address}`);
      expect(headers, address).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers, address).not.toHaveProperty('content-security-policy');
    }
  });
});
