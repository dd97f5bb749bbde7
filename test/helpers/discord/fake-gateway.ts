import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const op = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalid: 9,
  hello: 10,
  ack: 11,
} as const;

interface Session {
  id: string;
  seq: number;
  /** All that was dispatched, for whoever resumes. */
  sent: { seq: number; t: string; d: unknown }[];
  socket: WebSocket | undefined;
}

/** The gateway of a Discord that a test holds in its hand. */
export interface FakeGateway {
  url: string;
  /** How many there were, accepted or not. */
  identifies: number;
  resumes: number;
  heartbeats: number;
  options: {
    heartbeatMs: number;
    /** What becomes of an IDENTIFY: a session, a close with this code, or silence. */
    identify: 'take' | 'ignore' | number;
    resume: 'take' | 'refuse';
    acks: boolean;
  };
  tokens: Set<string>;
  user: { id: string; username: string };
  connected(): boolean;
  dispatch(t: string, d: unknown): void;
  /** Sends bytes as they are. */
  raw(data: string | Buffer): void;
  /** Closes the line of each client; 1006 is a cut without a word. */
  cut(code?: number): void;
  stop(): Promise<void>;
}

/** Listens on a free port of loopback. */
export async function startFakeGateway(user: { id: string; username: string }): Promise<FakeGateway> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const sessions = new Map<string, Session>();
  const gateway: FakeGateway = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    identifies: 0,
    resumes: 0,
    heartbeats: 0,
    options: { heartbeatMs: 45_000, identify: 'take', resume: 'take', acks: true },
    tokens: new Set(),
    user,
    connected: () => [...sessions.values()].some(({ socket }) => socket?.readyState === 1),
    dispatch(t, d) {
      for (const session of sessions.values()) {
        session.seq += 1;
        session.sent.push({ seq: session.seq, t, d });
        if (session.socket?.readyState === 1) send(session.socket, { op: op.dispatch, t, s: session.seq, d });
      }
    },
    raw(data) {
      for (const socket of server.clients) socket.send(data);
    },
    cut(code = 1006) {
      for (const session of sessions.values()) session.socket = undefined;
      for (const socket of server.clients) {
        if (code === 1006) socket.terminate();
        else socket.close(code);
      }
    },
    async stop() {
      for (const socket of server.clients) socket.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    send(socket, { op: op.hello, d: { heartbeat_interval: gateway.options.heartbeatMs } });
    socket.on('message', (data) => {
      const { op: code, d } = JSON.parse((data as Buffer).toString()) as {
        op: number;
        d: Record<string, unknown>;
      };
      if (code === op.heartbeat) {
        gateway.heartbeats += 1;
        if (gateway.options.acks) send(socket, { op: op.ack });
      } else if (code === op.identify) identify(socket, d);
      else if (code === op.resume) resume(socket, d);
    });
  });

  function identify(socket: WebSocket, { token }: Record<string, unknown>): void {
    gateway.identifies += 1;
    const how = gateway.options.identify;
    if (!gateway.tokens.has(String(token))) {
      socket.close(4004);
      return;
    }
    if (typeof how === 'number') {
      socket.close(how);
      return;
    }
    if (how === 'ignore') return;
    const session: Session = { id: `session-${gateway.identifies}`, seq: 1, sent: [], socket };
    // A new session takes the place of those before it.
    sessions.clear();
    sessions.set(session.id, session);
    send(socket, {
      op: op.dispatch,
      t: 'READY',
      s: 1,
      d: {
        v: 10,
        user: gateway.user,
        guilds: [],
        session_id: session.id,
        resume_gateway_url: gateway.url,
        application: { id: gateway.user.id, flags: 0 },
      },
    });
  }

  function resume(socket: WebSocket, { session_id: id, seq }: Record<string, unknown>): void {
    gateway.resumes += 1;
    const session = sessions.get(String(id));
    if (session === undefined || gateway.options.resume === 'refuse') {
      send(socket, { op: op.invalid, d: false });
      return;
    }
    session.socket = socket;
    for (const each of session.sent)
      if (each.seq > Number(seq)) send(socket, { op: op.dispatch, t: each.t, s: each.seq, d: each.d });
    session.seq += 1;
    send(socket, { op: op.dispatch, t: 'RESUMED', s: session.seq, d: {} });
  }
  return gateway;
}

function send(socket: WebSocket, packet: unknown): void {
  socket.send(JSON.stringify(packet));
}
