import { request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { Pushes } from '../../src/faces/dashboard/protocol.ts';
import type { Answer } from '../../src/lib/operations/dispatch.ts';
import type { Json } from '../../src/lib/operations/json.ts';
import type { Answers, OperationName, Request as RequestOf } from '../../src/operations.ts';
import type { TestDaemon } from './daemon.ts';

/** An HTTP answer. */
export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json(): unknown;
}

/** One browser, or one that claims to be. */
export interface Visitor {
  url: string;
  /** The halves of its session. */
  cookie: string;
  key: string;
  fetch(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: unknown },
  ): Promise<Answered>;
}

/** A page's socket. */
export interface Page {
  socket: Socket;
  ask<Name extends OperationName>(name: Name, input: RequestOf<Name>): Promise<Answer<Answers[Name]>>;
  /** The data of an answer that has to be good. */
  get<Name extends OperationName>(name: Name, input: RequestOf<Name>): Promise<Answers[Name]>;
  watch(topic: string): Promise<void>;
  /** All that was pushed under this name so far, in order. */
  heard<Name extends keyof Pushes>(name: Name): Json<Pushes[Name]>[];
}

const sockets = new Set<Socket>();

/** Closes the sockets that tests have opened; for `afterEach`. */
export function closePages(): void {
  for (const socket of sockets) socket.disconnect();
  sockets.clear();
}

/** One request; fetch would not let a test choose Host and Origin. */
export function send(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const sent = request(
      url,
      {
        method,
        headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        agent: false,
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        response.once('error', reject).once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: received,
            json: () => JSON.parse(received) as unknown,
          }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(text);
  });
}

/** Goes through the door with a fresh one-time link. */
export async function enter(daemon: TestDaemon): Promise<Visitor> {
  const link = new URL((await daemon.client.ask('dashboard.link', { renew: false })).url);
  return await enterBy(link);
}

/** Goes through the door with the code of this link. */
export async function enterBy(link: URL): Promise<Visitor> {
  const url = link.origin;
  const answer = await send(`${url}/session`, { method: 'POST', body: { code: link.hash.slice(1) } });
  if (answer.status !== 204) throw new Error(`the door stayed shut: ${answer.status} ${answer.text}`);
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const key = String(answer.headers['x-ninjad-key']);
  return {
    url,
    cookie,
    key,
    fetch: (path, options = {}) =>
      send(`${url}${path}`, { ...options, headers: { cookie, 'x-ninjad-key': key, ...options.headers } }),
  };
}

/** Opens a socket; rejects with what the door says. */
export async function openPage(
  { url, cookie, key }: Pick<Visitor, 'url' | 'cookie'> & Partial<Pick<Visitor, 'key'>>,
  extraHeaders: Record<string, string> = {},
): Promise<Page> {
  const socket = io(url, {
    transports: ['websocket'],
    extraHeaders: { cookie, ...extraHeaders },
    auth: { key },
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
  });
  sockets.add(socket);
  const heard = new Map<string, unknown[]>();
  socket.onAny(
    (name: string, payload: unknown) => void heard.set(name, [...(heard.get(name) ?? []), payload]),
  );
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      if (socket.connected) return;
      socket.disconnect();
      reject(error);
    });
  });
  const ask = async (name: string, input: unknown): Promise<Answer<never>> =>
    (await socket.timeout(10_000).emitWithAck(name, input)) as Answer<never>;
  return {
    socket,
    ask,
    async get(name, input) {
      const answer = await ask(name, input);
      if (!answer.ok) throw new Error(`${name}: ${answer.error.code} ${answer.error.message}`);
      return answer.data;
    },
    async watch(topic) {
      const answer = await ask('watch', { topic });
      if (!answer.ok) throw new Error(answer.error.message);
    },
    heard: (name) => (heard.get(name) ?? []) as never,
  };
}
