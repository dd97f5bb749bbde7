import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type HttpTarget, probeByHttp } from '../../../src/fleet/probe/http.ts';
import { pingOut, whyUnwell } from '../../../src/alerts/ping.ts';
import { createGate } from '../../../src/fleet/gate.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { freePort } from '../../helpers/fleet/sshd.ts';

const target = (url: string, change: Partial<HttpTarget> = {}): HttpTarget => ({
  url,
  reads: 'auto',
  status: null,
  body: null,
  headers: {},
  insecure: false,
  ...change,
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, server };
}

const probe = async (change: Partial<HttpTarget>, listener: RequestListener, timeoutMs = 5_000) =>
  probeByHttp(target((await serve(listener)).url, change), { timeoutMs });

describe('a host over HTTP', () => {
  it('tells a report of ours, a page of node_exporter, or only that it is there', async () => {
    const json: RequestListener = (_, response) =>
      void response.setHeader('content-type', 'application/json').end('{"load1": 0.5, "cores": 2}');
    expect(await probe({}, json)).toMatchObject({ report: { load1: 0.5, cores: 2, http: { status: 200 } } });
    expect(await probe({ reads: 'metrics' }, json)).toMatchObject({
      problem: 'what it answers is no page of node_exporter',
    });
    const metrics: RequestListener = (_, response) =>
      void response.end('# TYPE node_load1 gauge\nnode_load1 0.25\n');
    expect(await probe({}, metrics)).toMatchObject({ report: { load1: 0.25 } });
    const page: RequestListener = (_, response) => void response.end('<html>all is well</html>');
    expect(await probe({ body: 'all*well' }, page)).toMatchObject({
      report: { load1: null, http: { status: 200 } },
    });
    expect(await probe({ body: 'ok' }, page)).toMatchObject({
      problem: 'it answers without the words that are expected',
    });
    expect(await probe({ reads: 'report' }, page)).toMatchObject({ problem: 'what it answers is not JSON' });
  });

  it('fails by its status, by what says that it is JSON and is none, and by a redirect without end', async () => {
    expect(await probe({}, (_, response) => void response.writeHead(503).end())).toMatchObject({
      problem: 'it answers with status 503',
    });
    expect(await probe({ status: 204 }, (_, response) => void response.end('x'))).toMatchObject({
      problem: 'it answers with status 200 where 204 is expected',
    });
    expect(
      await probe(
        {},
        (_, response) => void response.setHeader('content-type', 'application/json').end('{"load1": NaN}'),
      ),
    ).toMatchObject({ problem: expect.stringContaining('JSON') as string });
    expect(
      await probe({}, (_, response) => void response.writeHead(302, { location: '/again' }).end()),
    ).toMatchObject({ problem: 'it sends on and on to other places' });
  });

  it('shows no secret to the place that it sends us to', async () => {
    let seen: string | undefined = 'nothing';
    const other = await serve((request, response) => {
      seen = request.headers.authorization;
      response.end('ok');
    });
    expect(
      await probe(
        { headers: { authorization: 'Bearer secret' } },
        (_, response) => void response.writeHead(302, { location: other.url }).end(),
      ),
    ).toMatchObject({ report: {} });
    expect(seen).toBeUndefined();
  });

  it('that sends 100 MB, or a byte at a time, is neither held in memory nor waited for', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    let sent = 0;
    const flood: RequestListener = (_, response) => {
      response.setHeader('content-type', 'application/json');
      const more = (): void => {
        for (; sent < 100;) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end('{}');
      };
      more();
    };
    expect(await probe({}, flood, 20_000)).toMatchObject({
      problem: expect.stringMatching(/more than 4 MiB/) as string,
    });
    expect(sent).toBeLessThan(100);
    const drip: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(timer));
    };
    const startedAt = performance.now();
    expect(await probe({}, drip, 1_000)).toMatchObject({ problem: 'it did not answer within 1 s' });
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });

  it('that accepts and never answers fails within its deadline', async () => {
    const silent = createTcp(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closeAfterTest(() => silent.close());
    const url = `http://127.0.0.1:${(silent.address() as { port: number }).port}/`;
    expect(await probeByHttp(target(url), { timeoutMs: 700 })).toMatchObject({
      problem: 'it did not answer within 0.7 s',
    });
    expect(
      await probeByHttp(target(`http://127.0.0.1:${await freePort()}/`), { timeoutMs: 5_000 }),
    ).toMatchObject({ problem: 'the connection was refused' });
  });
});

describe('the gate', () => {
  it('sees by an address that takes connections, and a gateway by its refusal too', async () => {
    const { url } = await serve((_, response) => void response.end());
    const place = new URL(url).host;
    const closed = `127.0.0.1:${await freePort()}`;
    const look = (addresses: string[], gateway = 'none') =>
      createGate({ gateway: () => gateway, addresses: () => addresses })();
    expect(await look([closed, place])).toEqual({ gateway: null, addresses: true });
    expect(await look([closed])).toEqual({ gateway: null, addresses: false });
    expect(await look([], '127.0.0.1')).toEqual({ gateway: true, addresses: null });
  });
});

describe('the ping', () => {
  it('goes out, and says what the other side thinks of it without its address', async () => {
    const good = await serve((_, response) => void response.end());
    expect(await pingOut(good.url)).toBeUndefined();
    const bad = await serve((_, response) => void response.writeHead(500).end());
    expect(await pingOut(`${bad.url}secret`)).toBe('the address of alarm.pingUrl answered 500');
    expect(await pingOut(`http://127.0.0.1:${await freePort()}/secret`)).not.toContain('secret');
  });

  it('is withheld while the loop, the journal or the database is not well', async () => {
    const store = { query: () => Promise.resolve({ rows: [] }) } as never;
    const well = { isLoopWell: () => true, journalProblem: () => Promise.resolve(undefined), store };
    expect(await whyUnwell(well)).toBeUndefined();
    expect(await whyUnwell({ ...well, isLoopWell: () => false })).toBe('the event loop is late');
    expect(await whyUnwell({ ...well, journalProblem: () => Promise.resolve('no space') })).toBe(
      'the journal: no space',
    );
    const away = { query: () => Promise.reject(new Error('gone')) } as never;
    expect(await whyUnwell({ ...well, store: away })).toBe('the database: gone');
  });
});
