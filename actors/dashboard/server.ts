import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromCallback } from 'xstate';
import type {
  DashboardServerCommand,
  DashboardServerFact,
  DashboardServerInput,
} from '../../machines/dashboard/protocol.ts';
import { isOfAgent } from '../../src/faces/dashboard/http/agents.ts';
import { createApp } from '../../src/faces/dashboard/http/app.ts';
import type { DashboardService } from '../../src/faces/dashboard/service.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { openSockets } from './sockets.ts';
import { boundStrangers } from './strangers.ts';

const maxConnections = 256;
/** The rest is for those whom the door has let in. */
const maxStrangers = 128;
const headersTimeoutMs = 10_000;
/** How often Node looks for requests that are late; its own 30 s would leave them three times their time. */
const checkIntervalMs = 1_000;
const requestTimeoutMs = 30_000;

/**
 * The dashboard's server: HTTP and socket.io on one port. On `child.stop` sockets are told, calls under way are answered, and
 * `dashboard.closed` is sent; stopping the actor closes everything at once.
 */
export function createDashboardServer(service: DashboardService) {
  return fromCallback<DashboardServerCommand, DashboardServerInput>(({ input, sendBack, receive }) => {
    const tell = (fact: DashboardServerFact) => {
      if (fact.type === 'dashboard.listening') service.listening?.(fact.url);
      sendBack(fact);
    };
    const server = createServer(
      {
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: checkIntervalMs,
      },
      createApp(service),
    );
    server.maxConnections = maxConnections;
    const strangers = boundStrangers(server, maxStrangers);
    server.on('request', (request) => {
      const { as } = service.door.admit(request.headers);
      const isAgent = service.agents !== undefined && isOfAgent(service.agents, request);
      if (as === 'session' || as === 'bearer' || isAgent) strangers.admit(request.socket);
    });
    const sockets = openSockets(server, service, {
      pending: () => tell({ type: 'feeds.pending' }),
      admitted: (connection) => strangers.admit(connection),
    });
    listen(server, input, tell);

    let closing = false;
    const close = () => {
      if (closing) return;
      closing = true;
      service.listening?.(null);
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
