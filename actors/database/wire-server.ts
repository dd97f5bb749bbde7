import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createWireClient } from './wire-client.ts';
import { errorFrame } from './wire-frames.ts';
import { createWireSession, type Engine } from './wire-session.ts';

export interface WireServerOptions {
  engine: Engine;
  /** Facts about the server that clients are told at their start: `server_version`, `client_encoding`, … */
  parameters: ReadonlyMap<string, string>;
  /** The folder of the Unix socket, made with mode 0700; a socket that an earlier server left there is replaced. */
  socketDir: string;
  /** Default 30 s. */
  idleInTransactionMs?: number;
  /** Default 16. */
  maxConnections?: number;
  /** The largest single message, default 128 MiB. */
  maxMessageBytes?: number;
  onBroken: (error: Error) => void;
}

export interface WireServer {
  readonly socketPath: string;
  /** Ends what runs, tells the clients and closes their connections. */
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;

/**
 * Serves PostgreSQL's wire protocol on `<socketDir>/.s.PGSQL.5432` for a backend that has a single session.
 * Unlike a plain multiplexer it never lets two clients' messages meet: see `createWireSession`.
 */
export async function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const {
    engine,
    socketDir,
    parameters,
    onBroken,
    maxConnections = 16,
    maxMessageBytes = 128 * mebibyte,
  } = options;
  const session = createWireSession({
    engine,
    idleInTransactionMs: options.idleInTransactionMs ?? 30_000,
    onBroken,
  });
  let nextId = 1;

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (session.clients.size >= maxConnections) {
      socket.on('error', () => undefined);
      socket.end(errorFrame('FATAL', '53300', `more than ${maxConnections} connections`));
      return;
    }
    const client = createWireClient(socket, {
      id: nextId++,
      parameters,
      shared: session.shared,
      maxMessageBytes,
      maxGroupBytes: 2 * maxMessageBytes,
      onChange: () => session.wake(),
    });
    session.join(client);
  });

  const socketPath = join(socketDir, '.s.PGSQL.5432');
  mkdirSync(socketDir, { recursive: true, mode: 0o700 });
  chmodSync(socketDir, 0o700);
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });

  return {
    socketPath,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await session.stop();
      for (const client of session.clients) client.fail('57P01', 'the embedded database is stopping');
      await closed;
    },
  };
}
