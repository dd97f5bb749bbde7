import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that have not shown the door what it asks for. */
export interface Strangers {
  /** This one has: it no longer counts. */
  admit(connection: Socket): void;
}

/**
 * Keeps at most `most` strangers on a server: one more, and the one that has been a stranger for longest is cut off. So whoever
 * opens connections and says nothing takes no place from the owner, whose request comes with the connection.
 */
export function boundStrangers(server: Server, most: number): Strangers {
  const strangers = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    strangers.add(connection);
    connection.once('close', () => strangers.delete(connection));
    const [first] = strangers;
    if (strangers.size <= most || first === undefined) return;
    strangers.delete(first);
    first.destroy();
  });
  return { admit: (connection) => void strangers.delete(connection) };
}
