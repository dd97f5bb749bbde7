import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { closePages, openPage, send } from '../helpers/dashboard.ts';

vi.setConfig({ testTimeout: 240_000 });
afterEach(async () => {
  closePages();
  await endDaemons();
});

const linkIn = (text: string): URL | undefined => {
  const found = /http:\S+/.exec(text)?.[0];
  return found === undefined ? undefined : new URL(found);
};
const tokenOf = ({ home }: TestDaemon): string => readFileSync(join(home, 'token'), 'utf8').trim();
/** 127.0.0.2 is this machine too, and nothing that binds to 127.0.0.1 hears it. */
const elsewhere = (url: string): string => url.replace('127.0.0.1', '127.0.0.2');

describe('ninjad up', () => {
  it('prints a link that lets one browser in once, keeps it out of the log, and listens on loopback only', async () => {
    const daemon = await startDaemon();
    await until('the link is printed', () => linkIn(daemon.said()) !== undefined);
    const { origin, hash, search } = linkIn(daemon.said()) as URL;
    expect(search).toBe('');
    expect(hash.length).toBeGreaterThan(20);
    const post = () => send(`${origin}/session`, { method: 'POST', body: { code: hash.slice(1) } });
    expect([(await post()).status, (await post()).status]).toEqual([204, 401]);
    for (const log of [daemon.log(), readFileSync(join(daemon.home, 'logs', 'ninjad.log'), 'utf8')])
      expect(log).not.toContain(hash.slice(1));
    await expect(send(`${elsewhere(origin)}/healthz`, { headers: { host: 'localhost' } })).rejects.toThrow(
      'ECONNREFUSED',
    );
  });

  it('goes on when nobody reads what it writes', async () => {
    const daemon = await startDaemon({ closeOutput: true });
    daemon.write('LOW|shell||note|still here\n');
    await until('the note is kept', async () => (await daemon.status()).counts.done === 1);
    const { pid, dashboard } = await daemon.status();
    expect(pid).toBe(daemon.child.pid);
    expect(dashboard.url).not.toBeNull();
  });
});

describe('a door beyond loopback', () => {
  it('opens to the token only, under the names in the settings only, and prints no link into a log', async () => {
    const daemon = await startDaemon({
      config: { dashboard: { host: '0.0.0.0', names: ['nas.lan'] } },
      env: { INVOCATION_ID: '0123456789abcdef' },
    });
    expect(daemon.said()).toBe('');
    expect(daemon.log()).toContain('reachable from other machines');
    const url = elsewhere(String((await daemon.status()).dashboard.url));
    const bearer = { authorization: `Bearer ${tokenOf(daemon)}` };
    const now = async (headers: Record<string, string>) => (await send(`${url}/api/now`, { headers })).status;
    expect(await now({ host: 'nas.lan' })).toBe(401);
    expect(await now({ host: 'NAS.lan:7717', ...bearer })).toBe(200);
    expect(await now({ host: 'evil.example', ...bearer })).toBe(421);
    expect(await now({ host: 'nas.lan.evil.example', ...bearer })).toBe(421);
    expect(await now({ host: 'nas.lan', origin: 'http://evil.example', ...bearer })).toBe(401);
    const { port } = new URL(url);
    const asPage = { host: `nas.lan:${port}`, origin: `http://nas.lan:${port}` };
    await expect(openPage({ url, cookie: '' }, asPage)).rejects.toThrow();
    const page = await openPage({ url, cookie: '' }, { ...asPage, ...bearer });
    expect((await page.get('hello.get', {})).version).toBe('0.1.0');
  });
});
