import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as requestByHttp,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectByTls } from 'node:tls';
import { messageOf } from '../../lib/errors.ts';
import { type ApiPlace, type Host, hostOfUrl, isAllowed, readHost } from './hosts.ts';
import { connectOutward } from './outward.ts';

export interface ApiProxyOptions {
  /** The Unix socket that it listens at: the only way out of the sandbox. */
  socket: string;
  place: ApiPlace;
  /** Put in place of what the agent sends, in requests to the API itself. */
  headers: Readonly<Record<string, string>>;
  /** The daemon's environment, for the owner's own proxy. */
  env: Readonly<Record<string, string | undefined>>;
}

/** The one way out of a sandbox. */
export interface ApiProxy {
  /** Hosts that the agent asked for and did not get, each once; at most 100. */
  refused(): string[];
  close(): Promise<void>;
}

const maxConnections = 64;
const maxRefused = 100;
const ownHeaders = new Set([
  'host',
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authorization',
  'upgrade',
  'te',
]);

/**
 * An HTTP proxy that lets the agent's API host through and nothing else. A request without a host of its own goes to the API,
 * with the key put in: so the sandbox holds none.
 */
export async function startApiProxy(options: ApiProxyOptions): Promise<ApiProxy> {
  const { place } = options;
  const refused = new Set<string>();
  const open = new Set<Duplex>();
  const refuse = (target: string): void => {
    if (refused.size < maxRefused) refused.add(target.slice(0, 300));
  };
  const server = createServer((request, response) => {
    void forward(options, request, response, refuse).catch((thrown: unknown) => {
      answer(response, 502, messageOf(thrown));
    });
  });
  server.maxConnections = maxConnections;
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => keep(open, socket));
  server.on('connect', (request: IncomingMessage, inner: Duplex, head: Buffer) => {
    const host = readHost(request.url ?? '');
    if (host === undefined || !isAllowed(host, place.allowed)) {
      refuse(request.url ?? '');
      inner.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    void tunnel(options, host, inner, head, open);
  });
  server.on('upgrade', (_request: IncomingMessage, inner: Duplex) => inner.destroy());
  server.on('clientError', (_error, inner: Duplex) => inner.destroy());
  server.listen(options.socket);
  await once(server, 'listening');
  chmodSync(options.socket, 0o600);
  return {
    refused: () => [...refused],
    async close() {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function tunnel(
  { env }: ApiProxyOptions,
  host: Host,
  inner: Duplex,
  head: Buffer,
  open: Set<Duplex>,
): Promise<void> {
  inner.on('error', () => inner.destroy());
  try {
    const outer = await connectOutward(host, env);
    keep(open, outer);
    inner.write('HTTP/1.1 200 Connection established\r\n\r\n');
    outer.write(head);
    outer.pipe(inner).pipe(outer);
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
  } catch {
    inner.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
  }
}

async function forward(
  options: ApiProxyOptions,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: (target: string) => void,
): Promise<void> {
  const target = targetOf(options.place, request.url ?? '/');
  if (target === undefined) {
    refuse(request.url ?? '');
    answer(response, 403, 'only the API of the agent can be reached from a draft');
    return;
  }
  const host = hostOfUrl(target);
  const isApi = options.place.base !== null && target.origin === options.place.base.origin;
  const headers = { ...passedHeaders(request), ...(isApi && options.headers), host: target.host };
  const outer = await connectOutward(host, options.env);
  const isTls = target.protocol === 'https:';
  const ask = isTls ? requestByHttps : requestByHttp;
  const how: RequestOptions = {
    method: request.method ?? 'GET',
    path: target.pathname + target.search,
    headers,
    createConnection: () => (isTls ? connectByTls({ socket: outer, servername: serverName(host) }) : outer),
  };
  const asked = ask(how);
  asked.on('response', (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
    answered.on('error', () => response.destroy());
  });
  asked.on('error', (error) => answer(response, 502, messageOf(error)));
  response.on('close', () => asked.destroy());
  request.on('error', () => asked.destroy());
  request.pipe(asked);
}

/** An address of its own has to be allowed; a bare path is one of the API. */
function targetOf({ base, allowed }: ApiPlace, url: string): URL | undefined {
  if (url.startsWith('/')) {
    if (base === null) return undefined;
    return new URL(base.origin + base.pathname.replace(/\/$/, '') + url);
  }
  if (!URL.canParse(url)) return undefined;
  const target = new URL(url);
  return target.protocol === 'http:' && isAllowed(hostOfUrl(target), allowed) ? target : undefined;
}

function passedHeaders({ headers }: IncomingMessage): Record<string, string | string[]> {
  const passed = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined && !ownHeaders.has(entry[0]),
  );
  return Object.fromEntries(passed);
}

function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = { type: 'error', error: { type: status === 403 ? 'permission_error' : 'api_error', message } };
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

function serverName({ name }: Host): string {
  return /^[\d.]+$|^\[/.test(name) ? '' : name;
}

function keep(open: Set<Duplex>, socket: Duplex): void {
  open.add(socket);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => open.delete(socket));
}
