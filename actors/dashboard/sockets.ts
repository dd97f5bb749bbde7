import type { Server as HttpServer } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import type { Admission } from '../../src/faces/dashboard/door/door.ts';
import { rateBucket } from '../../src/faces/dashboard/rate-bucket.ts';
import type { Pushes } from '../../src/faces/dashboard/protocol.ts';
import { type Topic, topicInput } from '../../src/faces/dashboard/topics.ts';
import type { Answer } from '../../src/lib/operations/dispatch.ts';
import { messageOf } from '../../src/lib/errors.ts';
import type { DashboardService } from '../../src/faces/dashboard/service.ts';

const maxMessageBytes = 512 * 1024;
/** A page that has not read so many packets is gone or too slow: it comes back and asks for the whole. */
const maxUnreadPackets = 2_000;
const maxTopicsPerSocket = 32;
/** A page asks a few times a second. Who sends so many frames is broken or means harm, and is cut off. */
const framesPerSecond = 400;
const framesAtOnce = 2_000;

/** A page sends its key as soon as it is connected; who sends none in that time is no page. */
const keyMs = 5_000;

/** Pushes that a newer one replaces: lost rather than queued for a page that cannot keep up. */
const droppable: ReadonlySet<string> = new Set<keyof Pushes>(['now', 'events', 'tree']);

/** The socket side while the server is open. */
export interface Sockets {
  flush(): Promise<void>;
  pulse(): Promise<void>;
  close(): void;
}

type Io = Server<DefaultEventsMap, DefaultEventsMap>;
type RawSocket = Socket['conn'];
type SocketData = { session?: string };

const notIn = 'open the link that `ninjad dashboard` prints';

/** Who may open a socket; whoever has the cookie alone has to send the key through it. */
const socketAdmissions: ReadonlySet<Admission['as']> = new Set(['session', 'half-session', 'bearer']);

/** What the sockets tell whoever opened them. */
export interface SocketListener {
  /** There is something to push. */
  pending(): void;
  /** This connection has shown all that the door asks for. */
  admitted(connection: NetSocket): void;
}

/**
 * socket.io behind the door: a foreign Host or Origin and a missing or stale cookie are refused before the upgrade, a missing
 * or wrong key before the first packet. WebSocket only, so that there is no second way in which every request would have to
 * be judged anew.
 */
export function openSockets(server: HttpServer, service: DashboardService, tell: SocketListener): Sockets {
  const { door, report } = service;
  const io: Io = new Server(server, {
    serveClient: false,
    transports: ['websocket'],
    maxHttpBufferSize: maxMessageBytes,
    connectTimeout: keyMs,
    allowRequest: ({ headers }, decide) => {
      const mayTry = door.isOurHost(headers) && socketAdmissions.has(door.admit(headers).as);
      decide(mayTry ? null : notIn, mayTry);
    },
  });
  io.engine.on('connection', cutOffFloods);
  io.use((socket, next) => {
    const { auth, headers } = socket.handshake;
    const admission = door.admit(headers, (auth as { key?: unknown }).key);
    if (admission.as !== 'session' && admission.as !== 'bearer') {
      next(new Error(notIn));
      return;
    }
    if (admission.as === 'session') (socket.data as SocketData).session = admission.id;
    tell.admitted(socket.request.socket);
    next();
  });
  let hasAsked = false;
  const { adapter } = io.of('/');
  const feeds = service.openFeeds({
    isWatched: (topic) => adapter.rooms.has(roomOf(topic)),
    push(audience, name, payload) {
      const to = audience === 'everybody' ? io : io.to(roomOf(audience));
      (droppable.has(name) ? to.volatile : to).emit(name, payload);
    },
    // Said once a flush: on hot paths there is something thousands of times.
    pending() {
      if (hasAsked) return;
      hasAsked = true;
      tell.pending();
    },
  });
  const onRoom = (change: 'watched' | 'unwatched') => (room: string) => {
    const topic = topicOf(room);
    if (topic !== undefined) feeds[change](topic);
  };
  adapter.on('create-room', onRoom('watched'));
  adapter.on('delete-room', onRoom('unwatched'));
  io.on('connection', (socket) => {
    welcome(socket, service);
  });
  // A session that has ended holds no socket open.
  const forget = door.onEnded((ended) => {
    for (const socket of io.of('/').sockets.values())
      if (ended === 'all' || (socket.data as SocketData).session === ended.id) socket.disconnect(true);
  });
  return {
    async flush() {
      hasAsked = false;
      dropUnread(io);
      await feeds.flush().catch((thrown: unknown) => report(thrown, 'the feeds of the dashboard'));
    },
    pulse() {
      // Who was not heard, since the machine was not open yet, asks again.
      if (hasAsked) tell.pending();
      return feeds.pulse().catch((thrown: unknown) => report(thrown, 'the pulse of the dashboard'));
    },
    close() {
      forget();
      feeds.close();
      void io.close();
    },
  };
}

/** Frames of any kind count, also those that socket.io itself refuses. */
function cutOffFloods(raw: RawSocket): void {
  const bears = rateBucket({ perSecond: framesPerSecond, burst: framesAtOnce });
  raw.on('packet', () => {
    if (!bears()) raw.close();
  });
}

function welcome(socket: Socket, { hello, dispatch }: DashboardService): void {
  const takes = rateBucket({ perSecond: 40, burst: 120 });
  socket.emit('hello', hello());
  socket.onAny((name: string, ...rest: unknown[]) => {
    // Malformed: without an acknowledgement there is nobody to answer, and a throw here would only be an `error` to us.
    const ack = rest.at(-1);
    if (typeof ack !== 'function') return;
    const input = rest.length > 1 ? rest[0] : {};
    const send = ack as (answer: Answer<unknown>) => void;
    if (!takes()) {
      send(refusal('TOO_FAST', 'too many requests at once; slow down a little'));
      return;
    }
    if (name === 'watch' || name === 'unwatch') send(follow(socket, name, input));
    else void dispatch(name, input, { by: 'dashboard' }).then(({ answer }) => send(answer));
  });
}

function follow(socket: Socket, name: 'watch' | 'unwatch', input: unknown): Answer<{ topic: Topic }> {
  const parsed = topicInput.safeParse(input);
  if (!parsed.success) return refusal('USAGE', `topic: ${parsed.error.issues[0]?.message ?? 'not known'}`);
  const { topic } = parsed.data;
  try {
    if (name === 'unwatch') void socket.leave(roomOf(topic));
    else if (socket.rooms.size > maxTopicsPerSocket)
      return refusal('USAGE', `a page may follow ${maxTopicsPerSocket} topics at once`);
    else void socket.join(roomOf(topic));
    return { ok: true, data: { topic } };
  } catch (thrown) {
    return refusal('INTERNAL', messageOf(thrown));
  }
}

function refusal(code: string, message: string): Answer<never> {
  return { ok: false, error: { code, message } };
}

/** What a page has not read waits in our memory: that has an end. */
function dropUnread(io: Io): void {
  for (const socket of io.of('/').sockets.values()) {
    const { writeBuffer } = socket.conn as unknown as { writeBuffer: readonly unknown[] };
    if (writeBuffer.length > maxUnreadPackets) socket.disconnect(true);
  }
}

/** Every socket is in a room of its own id too: a prefix keeps the topics apart from these. */
const roomPrefix = 'topic ';

function roomOf(topic: Topic): string {
  return `${roomPrefix}${topic}`;
}

function topicOf(room: string): Topic | undefined {
  return room.startsWith(roomPrefix) ? (room.slice(roomPrefix.length) as Topic) : undefined;
}
