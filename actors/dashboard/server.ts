import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromCallback } from 'xstate';
import { createApp } from '../../src/lib/dashboard/http/app.ts';
import type { DashboardService } from '../../src/lib/dashboard/service.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { openSockets } from './sockets.ts';

export interface DashboardServerInput {
  /** The address to bind; anything but loopback is the owner's explicit wish. */
  host: string;
  port: number;
}

/** What the server hears: an orderly end, push what is gathered, the half-second beat. */
export type DashboardServerCommand =
  { type: 'child.stop' } | { type: 'feeds.flush' } | { type: 'feeds.pulse' };

/** What the server tells its parent. `dashboard.failed` and `dashboard.closed` are its last words. */
export type DashboardServerFact =
  | { type: 'dashboard.listening'; url: string }
  | { type: 'dashboard.failed'; reason: string }
  | { type: 'dashboard.closed' }
  | { type: 'feeds.pending' }
  | { type: 'feeds.flushed' };

const maxConnections = 256;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/**
 * The dashboard's server: HTTP and socket.io on one port. On `child.stop` sockets are told, calls under way are answered, and
 * `dashboard.closed` is sent; stopping the actor closes everything at once.
 */
export function createDashboardServer(service: DashboardService) {
  return fromCallback<DashboardServerCommand, DashboardServerInput>(({ input, sendBack, receive }) => {
    const tell = (fact: DashboardServerFact) => sendBack(fact);
    const server = createServer(
      { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
      createApp(service),
    );
    server.maxConnections = maxConnections;
    const sockets = openSockets(server, service, () => tell({ type: 'feeds.pending' }));
    listen(server, input, tell);

    let closing = false;
    const close = () => {
      if (closing) return;
      closing = true;
      sockets.close();
      server.close(() => tell({ type: 'dashboard.closed' }));
      server.closeIdleConnections();
    };
    receive(({ type }) => {
      if (type === 'child.stop') close();
      else if (type === 'feeds.flush') void sockets.flush().then(() => tell({ type: 'feeds.flushed' }));
      else void sockets.pulse();
    });
    return () => {
      close();
      server.closeAllConnections();
    };
  });
}

function listen(
  server: Server,
  { host, port }: DashboardServerInput,
  tell: (fact: DashboardServerFact) => void,
): void {
  server.once('listening', () => {
    tell({ type: 'dashboard.listening', url: urlOf(host, (server.address() as AddressInfo).port) });
  });
  server.on('error', (thrown: NodeJS.ErrnoException) => {
    const reason =
      thrown.code === 'EADDRINUSE'
        ? `port ${port} is taken: end what listens there, or set port (NINJAD_PORT) to another one, 0 for any`
        : `cannot listen on ${host}, port ${port}: ${messageOf(thrown)}`;
    tell({ type: 'dashboard.failed', reason });
  });
  server.listen({ host, port });
}

/** The address for the owner's browser: one that listens everywhere is reached through loopback. */
function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
