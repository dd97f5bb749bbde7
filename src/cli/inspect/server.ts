import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { InspectionMessage } from '../../inspection/inspection-message.ts';
import { isOurPage } from '../../faces/dashboard/door/origin.ts';
import { isSame } from '../../faces/dashboard/door/sessions.ts';
import { answerPage } from './pages.ts';

/** The bridge while it is open. */
export interface InspectServer {
  /** For a program: each message is one inspection event in JSON. */
  socketUrl: string;
  /** For a browser: Stately's inspector in a frame. */
  pageUrl: string;
  close: () => void;
}

export interface InspectServerOptions {
  /** 0 takes any free one. */
  port: number;
  /** What happens to the actors, as long as it is read. */
  follow: (signal: AbortSignal) => AsyncIterable<InspectionMessage>;
  /** What the owner should read: who came and went, what was left out. */
  tell: (line: string) => void;
}

const host = '127.0.0.1';
const secretBytes = 24;
const maxSockets = 4;
/** Nobody has anything to say to us. */
const maxPayload = 1024;
const maxUnreadBytes = 8 * 1024 * 1024;

/**
 * Hands the actors' inspection on to WebSockets on loopback. Each has to name the secret of this run in its path; a foreign
 * Host or Origin is refused before that. Rejects where the port is taken.
 */
export async function openInspectServer({
  port,
  follow,
  tell,
}: InspectServerOptions): Promise<InspectServer> {
  const secret = randomBytes(secretBytes).toString('base64url');
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, answerPage);
  const sockets = new WebSocketServer({ noServer: true, maxPayload });
  server.on('upgrade', (request, stream, head) => {
    const refusal = refusalOf(request, secret, sockets.clients.size);
    if (refusal !== undefined) refuse(stream, refusal);
    else sockets.handleUpgrade(request, stream, head, (socket) => void serve(socket, follow, tell));
  });
  const at = await listen(server, port);
  return {
    socketUrl: `ws://${at}/${secret}`,
    pageUrl: `http://${at}/#${secret}`,
    close() {
      for (const socket of sockets.clients) socket.close(1001, 'ninjad inspect ends');
      server.close();
      server.closeAllConnections();
    },
  };
}

function refusalOf({ headers, url = '' }: IncomingMessage, secret: string, open: number): string | undefined {
  if (!isOurPage(headers, [])) return '403 Forbidden';
  if (!isSame(url.slice(1), secret)) return '401 Unauthorized';
  return open >= maxSockets ? '429 Too Many Requests' : undefined;
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function serve(
  socket: WebSocket,
  follow: InspectServerOptions['follow'],
  tell: (line: string) => void,
): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => socket.terminate());
  tell('somebody inspects now');
  try {
    for await (const message of follow(gone.signal)) {
      if (message.type === 'omitted')
        tell(`${String(message['count'])} events were left out: too many at once`);
      else socket.send(JSON.stringify(message));
      if (socket.bufferedAmount > maxUnreadBytes) socket.terminate();
    }
    socket.close(1001, 'the daemon went away');
    tell('the daemon went away');
  } catch (thrown) {
    if (gone.signal.aborted) tell('nobody inspects any more');
    else {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      socket.close(1011, reason.slice(0, 100));
      tell(reason);
    }
  }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(`${host}:${(server.address() as AddressInfo).port}`));
  });
}
