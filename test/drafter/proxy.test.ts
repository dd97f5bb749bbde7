import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { apiPlace, readHost } from '../../src/drafter/proxy/hosts.ts';
import { draftLogin } from '../../src/drafter/proxy/login.ts';
import { startApiProxy } from '../../src/drafter/proxy/proxy.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Seen {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

async function service(): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((asked, answer) => {
    let body = '';
    asked.setEncoding('utf8').on('data', (text: string) => (body += text));
    asked.on('end', () => {
      seen.push({ url: asked.url ?? '', headers: asked.headers, body });
      answer.end('answered');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

async function setUp(env: Record<string, string> = {}, more: string[] = []) {
  const api = await service();
  const socket = join(tempDir(), 's');
  const own = {
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${api.port}/gateway/`,
    ANTHROPIC_API_KEY: 'the-key',
    ...env,
  };
  const place = apiPlace(own, more);
  const proxy = await startApiProxy({
    socket,
    place,
    headers: draftLogin(own, place, null).headers,
    env: own,
  });
  closing.push(() => proxy.close());
  return { api, socket, proxy };
}

function ask(socketPath: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end('hello');
  });
}

/** What the proxy says to a wish for a tunnel, and what comes through it. */
async function tunnel(path: string, target: string, then = ''): Promise<string> {
  const socket = connect(path);
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    if (said === '' && text.includes(' 200 ') && then !== '') socket.write(then);
    said += text;
  });
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
  await once(socket, 'close');
  return said;
}

describe('the way out of a sandbox', () => {
  it('leads to the API, with the key put in place of what the agent has', async () => {
    const { api, socket } = await setUp();
    expect(await ask(socket, '/v1/messages?beta=true', { 'x-api-key': 'a stand-in' })).toEqual({
      status: 200,
      text: 'answered',
    });
    expect(api.seen).toMatchObject([
      { url: '/gateway/v1/messages?beta=true', body: 'hello', headers: { 'x-api-key': 'the-key' } },
    ]);
    const get = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expect(await tunnel(socket, `127.0.0.1:${api.port}`, get)).toMatch(
      / 200 Connection established.*answered/s,
    );
  });

  it('leads nowhere else, by no form of asking, and says who was asked for', async () => {
    const other = await service();
    const { api, socket, proxy } = await setUp();
    const host = `127.0.0.1:${other.port}`;
    expect(await tunnel(socket, host)).toMatch(/^HTTP\/1.1 403/);
    expect(await tunnel(socket, 'example.com:443')).toMatch(/^HTTP\/1.1 403/);
    expect(await tunnel(socket, `localhost:${api.port}`)).toMatch(/^HTTP\/1.1 403/);
    expect((await ask(socket, `http://${host}/`)).status).toBe(403);
    await ask(socket, `//${host}/x`);
    await ask(socket, '/x', { host });
    expect(other.seen).toEqual([]);
    expect(proxy.refused()).toEqual([host, 'example.com:443', `localhost:${api.port}`, `http://${host}/`]);
  });

  it('leads to hosts that the owner names, and through the proxy of the owner', async () => {
    const other = await service();
    const { socket } = await setUp({}, [`127.0.0.1:${other.port}`]);
    expect((await ask(socket, `http://127.0.0.1:${other.port}/there`)).status).toBe(200);
    expect(other.seen.map(({ url, headers }) => [url, headers['x-api-key']])).toEqual([
      ['/there', undefined],
    ]);
    const dead = await setUp({ HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '' });
    expect((await ask(dead.socket, '/v1/messages')).status).toBe(502);
  });
});

describe('the login of a draft', () => {
  it('is a stand-in inside, whatever the key, and never the credentials file', () => {
    const place = apiPlace({}, []);
    expect(place.allowed).toEqual([{ name: 'api.anthropic.com', port: 443 }]);
    for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN']) {
      const { inside, headers } = draftLogin({ [name]: 'the secret', DATABASE_URL: 'x' }, place, null);
      expect(JSON.stringify(inside)).not.toContain('the secret');
      expect(inside).toHaveProperty(name);
      expect(inside).not.toHaveProperty('DATABASE_URL');
      expect(JSON.stringify(headers)).toContain('the secret');
    }
    expect(draftLogin({ ANTHROPIC_API_KEY: 'k' }, place, 'of drafts').headers).toEqual({
      authorization: 'Bearer of drafts',
    });
    expect(draftLogin({}, place, null).headers).toEqual({});
  });

  it("goes to another provider by the provider's own host and variables", () => {
    const env = {
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_REGION: 'eu-west-1',
      AWS_SECRET_ACCESS_KEY: 'k',
      IMAP_URL: 'x',
    };
    const place = apiPlace(env, ['gateway.example:8443']);
    expect(place).toEqual({
      base: null,
      allowed: [
        { name: 'bedrock-runtime.eu-west-1.amazonaws.com', port: 443 },
        { name: 'gateway.example', port: 8443 },
      ],
    });
    const { inside, headers } = draftLogin(env, place, null);
    expect([Object.keys(inside).toSorted(), headers]).toEqual([
      ['AWS_REGION', 'AWS_SECRET_ACCESS_KEY', 'CLAUDE_CODE_USE_BEDROCK'],
      {},
    ]);
    expect(readHost('no host at all')).toBeUndefined();
  });
});
