import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { idAt } from '../../../src/discord/snowflake.ts';
import { type FakeGateway, startFakeGateway } from './fake-gateway.ts';

/** A message as the fake keeps it. */
export interface FakeMessage {
  id: string;
  channel_id: string;
  author: { id: string; username: string; bot?: boolean };
  content: string;
  type: number;
  nonce?: string;
  attachments: unknown[];
  components: unknown[];
  edits: string[];
  /** The id of the message that it answers. */
  answers?: string;
  files: string[];
  [field: string]: unknown;
}

export interface FakeRequest {
  method: string;
  /** Without the version. */
  path: string;
  query: URLSearchParams;
  body: unknown;
  at: number;
}

/** What becomes of the next requests that fit: an answer in place of the API's, or the API's own, lost on its way. */
export interface Trouble {
  method: string;
  path: RegExp;
  times: number;
  answer:
    | { status: number; body: string; headers?: Record<string, string> }
    | 'drop before'
    | 'drop after'
    /** Answers only once this resolves. */
    | { wait: Promise<unknown> };
}

/** The REST API and the gateway of Discord on loopback, as far as ninjad uses them. */
export interface FakeDiscord {
  url: string;
  token: string;
  botId: string;
  ownerId: string;
  gateway: FakeGateway;
  requests: FakeRequest[];
  messages: FakeMessage[];
  reactions: { messageId: string; emoji: string }[];
  typings: number;
  callbacks: { id: string; body: { type: number; data?: { content: string } }; at: number }[];
  commands: unknown;
  limits: { total: number; remaining: number; reset_after: number };
  options: {
    /** Whether a nonce that was used already gives the message of then. */
    enforcesNonce: boolean;
    /** Whether lists of messages tell the nonce. */
    listsNonce: boolean;
    sharedServer: boolean;
  };
  trouble(trouble: Trouble): void;
  /** The DM channel of a user. */
  dm(userId: string): string;
  /** A user writes to the bot; `fields` of the packet are added or, if undefined, left out. */
  say(content: string, options?: SayOptions): FakeMessage;
  edit(message: FakeMessage, content: string): void;
  remove(message: FakeMessage): void;
  click(messageId: string, customId: string, userId?: string): string;
  command(name: string, text?: string, userId?: string): string;
  /** What the bot has said in the owner's DM, oldest first. */
  replies(): FakeMessage[];
  /** A file of a message: a path of this server. */
  file(
    path: string,
    answer: { status?: number; body?: Buffer | string; type?: string; length?: number },
  ): string;
  stop(): Promise<void>;
}

export interface SayOptions {
  userId?: string;
  channelId?: string;
  /** Epoch milliseconds. Default now. */
  at?: number;
  fields?: Record<string, unknown>;
  attachments?: unknown[];
  /** False while the gateway is to know nothing of it. */
  isDispatched?: boolean;
}

const botId = '1100000000000000001';
const ownerId = '1200000000000000002';

export async function startFakeDiscord({ token = 'fake.to.ken' } = {}): Promise<FakeDiscord> {
  const gateway = await startFakeGateway({ id: botId, username: 'ninja' });
  gateway.tokens.add(token);
  const troubles: Trouble[] = [];
  const files = new Map<
    string,
    { status?: number; body?: Buffer | string; type?: string; length?: number }
  >();
  let serial = 0n;
  const newId = (at = Date.now()): string => String(BigInt(idAt(at)) + (serial += 1n));

  const server = createServer((request, response) => {
    void handle(request, response).catch((thrown: unknown) => {
      response.writeHead(500);
      response.end(String(thrown));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const fake: FakeDiscord = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    botId,
    ownerId,
    gateway,
    requests: [],
    messages: [],
    reactions: [],
    typings: 0,
    callbacks: [],
    commands: undefined,
    limits: { total: 1000, remaining: 1000, reset_after: 3_600_000 },
    options: { enforcesNonce: true, listsNonce: true, sharedServer: true },
    trouble: (trouble) => void troubles.push({ ...trouble }),
    dm: (userId) => String(BigInt(userId) + 500n),
    say(
      content,
      {
        userId = ownerId,
        channelId = fake.dm(userId),
        at,
        fields,
        attachments = [],
        isDispatched = true,
      } = {},
    ) {
      const message: FakeMessage = {
        id: newId(at),
        channel_id: channelId,
        author: { id: userId, username: `user${userId.slice(-1)}` },
        content,
        type: 0,
        attachments,
        components: [],
        edits: [],
        files: [],
        ...fields,
      };
      fake.messages.push(message);
      if (isDispatched) {
        const packet = { channel_type: 1, ...message };
        if (fields !== undefined && 'channel_type' in fields && fields['channel_type'] === undefined)
          delete (packet as { channel_type?: number }).channel_type;
        gateway.dispatch('MESSAGE_CREATE', packet);
      }
      return message;
    },
    edit(message, content) {
      message.content = content;
      gateway.dispatch('MESSAGE_UPDATE', {
        ...message,
        channel_type: 1,
        edited_timestamp: new Date().toISOString(),
      });
    },
    remove(message) {
      fake.messages = fake.messages.filter(({ id }) => id !== message.id);
      gateway.dispatch('MESSAGE_DELETE', { id: message.id, channel_id: message.channel_id });
    },
    click: (messageId, customId, userId = ownerId) =>
      interaction({
        type: 3,
        user: { id: userId, username: 'owner' },
        channel_id: fake.dm(userId),
        message: { id: messageId },
        data: { custom_id: customId, component_type: 2 },
      }),
    command: (name, text, userId = ownerId) =>
      interaction({
        type: 2,
        user: { id: userId, username: 'owner' },
        channel_id: fake.dm(userId),
        data: { name, ...(text !== undefined && { options: [{ name: 'text', type: 3, value: text }] }) },
      }),
    replies: () =>
      fake.messages.filter(
        ({ author, channel_id: channel }) => author.id === botId && channel === fake.dm(ownerId),
      ),
    file(path, answer) {
      files.set(path, answer);
      return `${fake.url}${path}`;
    },
    async stop() {
      await gateway.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  function interaction(fields: Record<string, unknown>): string {
    const id = newId();
    gateway.dispatch('INTERACTION_CREATE', {
      id,
      application_id: botId,
      token: `token-${id}`,
      version: 1,
      ...fields,
    });
    return id;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', fake.url);
    const file = files.get(url.pathname);
    if (file !== undefined) {
      serveFile(response, file);
      return;
    }
    const path = url.pathname.replace(/^\/v\d+/, '');
    const body = await readBody(request);
    const method = request.method ?? 'GET';
    fake.requests.push({ method, path, query: url.searchParams, body, at: Date.now() });
    const trouble = troubles.find((each) => each.times > 0 && each.method === method && each.path.test(path));
    if (trouble !== undefined) {
      trouble.times -= 1;
      const { answer } = trouble;
      if (answer === 'drop before') return void request.socket.destroy();
      if (answer === 'drop after') {
        answerOf(method, path, url, body);
        return void request.socket.destroy();
      }
      if ('status' in answer) {
        response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
        return void response.end(answer.body);
      }
      await answer.wait;
    }
    if (
      !path.startsWith('/interactions/') &&
      !gateway.tokens.has(String(request.headers.authorization).replace(/^Bot /, ''))
    ) {
      reply(response, 401, { message: '401: Unauthorized', code: 0 });
      return;
    }
    const [status, data] = answerOf(method, path, url, body);
    reply(response, status, data);
  }

  function answerOf(method: string, path: string, url: URL, body: unknown): [number, unknown] {
    const at = (pattern: string): RegExpExecArray | null =>
      new RegExp(`^${method} ${pattern}$`).exec(`${method} ${path}`);
    const is = (wanted: string, pattern: string): RegExpExecArray | null =>
      method === wanted ? at(pattern) : null;
    let found: RegExpExecArray | null;
    if (is('GET', '/users/@me')) return [200, gateway.user];
    if (is('GET', '/gateway/bot'))
      return [
        200,
        { url: gateway.url, shards: 1, session_start_limit: { ...fake.limits, max_concurrency: 1 } },
      ];
    if (is('GET', '/users/@me/guilds'))
      return [200, fake.options.sharedServer ? [{ id: '1300000000000000003', name: 'home' }] : []];
    if (is('GET', '/guilds/\\d+/members/\\d+')) return [200, { user: { id: ownerId } }];
    if (is('POST', '/users/@me/channels')) {
      const { recipient_id: id } = body as { recipient_id: string };
      return [200, { id: fake.dm(id), type: 1, recipients: [{ id }] }];
    }
    if ((found = is('GET', '/channels/(\\d+)')) !== null)
      return [200, { id: found[1], type: found[1]?.endsWith('9') === true ? 3 : 1, recipients: [] }];
    if ((found = is('GET', '/channels/(\\d+)/messages')) !== null)
      return [200, listMessages(String(found[1]), url.searchParams)];
    if ((found = is('GET', '/channels/\\d+/messages/(\\d+)')) !== null) {
      const message = fake.messages.find(({ id }) => id === found?.[1]);
      return message === undefined ? [404, { message: 'Unknown Message', code: 10008 }] : [200, message];
    }
    if ((found = is('POST', '/channels/(\\d+)/messages')) !== null)
      return [200, post(String(found[1]), body as Posted)];
    if ((found = is('PATCH', '/channels/\\d+/messages/(\\d+)')) !== null)
      return patch(String(found[1]), body as Posted);
    if ((found = is('PUT', '/channels/\\d+/messages/(\\d+)/reactions/([^/]+)/@me')) !== null) {
      fake.reactions.push({ messageId: String(found[1]), emoji: decodeURIComponent(String(found[2])) });
      return [204, undefined];
    }
    if (is('POST', '/channels/\\d+/typing')) {
      fake.typings += 1;
      return [204, undefined];
    }
    if ((found = is('POST', '/interactions/(\\d+)/[^/]+/callback')) !== null) {
      fake.callbacks.push({ id: String(found[1]), body: body as { type: number }, at: Date.now() });
      return [204, undefined];
    }
    if (is('PUT', '/applications/\\d+/commands')) {
      fake.commands = body;
      return [200, body];
    }
    return [404, { message: `no ${method} ${path} here`, code: 0 }];
  }

  function listMessages(channelId: string, query: URLSearchParams): unknown[] {
    const limit = Number(query.get('limit') ?? 50);
    const [after, before] = [query.get('after'), query.get('before')];
    const all = fake.messages
      .filter(({ channel_id: channel }) => channel === channelId)
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    const fitting = all.filter(
      ({ id }) =>
        (after === null || BigInt(id) > BigInt(after)) && (before === null || BigInt(id) < BigInt(before)),
    );
    // The oldest ones after an id, the newest ones otherwise; newest first in either case.
    const page = after === null ? fitting.slice(-limit) : fitting.slice(0, limit);
    return page
      .reverse()
      .map(({ nonce, ...message }) =>
        fake.options.listsNonce && nonce !== undefined ? { ...message, nonce } : message,
      );
  }

  function post(channelId: string, posted: Posted): unknown {
    const known = fake.messages.find(
      ({ nonce, channel_id: channel }) =>
        nonce !== undefined && nonce === posted.nonce && channel === channelId,
    );
    if (known !== undefined && fake.options.enforcesNonce && posted.enforce_nonce === true) return known;
    const message: FakeMessage = {
      id: newId(),
      channel_id: channelId,
      author: { id: botId, username: 'ninja', bot: true },
      content: posted.content,
      type: 0,
      attachments: [],
      components: posted.components ?? [],
      edits: [],
      files: posted.files ?? [],
      ...(posted.nonce !== undefined && { nonce: posted.nonce }),
      ...(posted.message_reference !== undefined && { answers: posted.message_reference.message_id }),
    };
    fake.messages.push(message);
    gateway.dispatch('MESSAGE_CREATE', { channel_type: 1, ...message });
    return message;
  }

  function patch(id: string, posted: Posted): [number, unknown] {
    const message = fake.messages.find((each) => each.id === id);
    if (message === undefined) return [404, { message: 'Unknown Message', code: 10008 }];
    message.edits.push(message.content);
    message.content = posted.content;
    message.components = posted.components ?? message.components;
    return [200, message];
  }
  return fake;
}

interface Posted {
  content: string;
  nonce?: string;
  enforce_nonce?: boolean;
  components?: unknown[];
  message_reference?: { message_id: string };
  files?: string[];
}

function reply(response: ServerResponse, status: number, data: unknown): void {
  if (data === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(data));
}

function serveFile(
  response: ServerResponse,
  {
    status = 200,
    body = '',
    type = 'application/octet-stream',
    length,
  }: { status?: number; body?: Buffer | string; type?: string; length?: number },
): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': length ?? Buffer.byteLength(body) });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return undefined;
  if (request.headers['content-type']?.startsWith('multipart/') !== true) return JSON.parse(text) as unknown;
  const [, json = '{}'] = /name="payload_json"\r\n\r\n([^]*?)\r\n--/.exec(text) ?? [];
  const found = [...text.matchAll(/name="files\[\d+\]"; filename="[^"]*"\r\n[^]*?\r\n\r\n([^]*?)\r\n--/g)];
  return { ...(JSON.parse(json) as object), files: found.map(([, content = '']) => content) };
}
