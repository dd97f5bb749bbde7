import { createServer, type Server, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkDashboard } from '../../src/faces/doctor.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const settings = (port: number, host = '127.0.0.1') => ({
  get: ((key: string) => (key === 'port' ? port : host)) as never,
});
const absent = { state: 'absent' } as const;

/** A port where another program listens. */
async function takenPort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('the check of the dashboard', () => {
  it('says that another program has the port, and what to do', async () => {
    const port = await takenPort();
    const result = await checkDashboard({ daemon: absent, settings: settings(port) });
    expect(result).toMatchObject({
      verdict: 'fail',
      found: `127.0.0.1, port ${port} is taken by another program`,
    });
    expect(result.advice).toContain('NINJAD_PORT');
  });

  it('takes a free port, and any', async () => {
    const port = await takenPort();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await checkDashboard({ daemon: absent, settings: settings(port) })).toEqual({
      verdict: 'ok',
      found: `127.0.0.1, port ${port} is free`,
    });
    expect((await checkDashboard({ daemon: absent, settings: settings(0) })).verdict).toBe('ok');
  });

  it('says what is wrong with an address that is none of this machine', async () => {
    const result = await checkDashboard({ daemon: absent, settings: settings(7717, '203.0.113.7') });
    expect(result).toMatchObject({ verdict: 'fail' });
    expect(result.found).toContain('EADDRNOTAVAIL');
  });

  it('passes on why the dashboard of a running daemon is shut', async () => {
    const check = (dashboard: { url: string | null; reason?: string | null }) =>
      checkDashboard({ daemon: { state: 'running', status: { dashboard } }, settings: settings(7717) });
    expect(await check({ url: null, reason: 'port 7717 is taken' })).toMatchObject({
      verdict: 'fail',
      found: 'not open: port 7717 is taken',
    });
    expect(await check({ url: 'http://127.0.0.1:7717' })).toEqual({
      verdict: 'ok',
      found: 'http://127.0.0.1:7717',
    });
  });
});
