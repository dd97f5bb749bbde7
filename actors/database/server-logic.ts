import { type CallbackActorLogic, fromCallback } from 'xstate';
import type { DatabaseServerCommand, DatabaseServerFact } from '../../machines/database/protocol.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { type EmbeddedServer, spawnEmbeddedServer } from './embedded-server.ts';

const lockDeadlineMs = 30_000;

/** The process of a database, as the machine drives it. */
export interface DatabaseServer {
  logic: CallbackActorLogic<DatabaseServerCommand>;
  /** Has what was written into its files put on the disk while statements go on; does nothing where no process is ours. */
  flush(): Promise<void>;
}

/** Owns the embedded database's process: at most one at a time, killed when the actor is stopped without having been asked. */
export function embeddedServer(place: { dataDir: string; socketDir: string }): DatabaseServer {
  let server: EmbeddedServer | undefined;
  const logic = fromCallback<DatabaseServerCommand>(({ receive, sendBack }) => {
    const tell = (fact: DatabaseServerFact): void => sendBack(fact);

    function launch(): EmbeddedServer {
      const { dataDir, socketDir } = place;
      const launched = spawnEmbeddedServer({ dataDir, socketDir, lockDeadlineMs });
      launched.listening.then(
        () => tell({ type: 'server.listening' }),
        // Its end is reported below.
        () => undefined,
      );
      void launched.exited.then((reason) => {
        server = undefined;
        tell({ type: 'server.exited', reason });
      });
      return launched;
    }

    receive((command) => {
      if (command.type === 'server.launch') {
        try {
          server ??= launch();
        } catch (thrown) {
          tell({
            type: 'server.exited',
            reason: `the embedded database cannot be started: ${messageOf(thrown)}`,
          });
        }
      } else if (server === undefined) {
        tell({ type: 'server.exited', reason: 'the embedded database is not running' });
      } else if (command.type === 'server.terminate') {
        server.terminate();
      } else {
        server.kill();
      }
    });
    return () => server?.kill();
  });
  return { logic, flush: () => server?.flush() ?? Promise.resolve() };
}

/** A server that is not ours to start or stop: it counts as listening at once, and as gone at once. */
export function remoteServer(): DatabaseServer {
  const logic = fromCallback<DatabaseServerCommand>(({ receive, sendBack }) => {
    const tell = (fact: DatabaseServerFact): void => sendBack(fact);
    receive((command) => {
      if (command.type === 'server.launch') tell({ type: 'server.listening' });
      else tell({ type: 'server.exited', reason: 'the daemon is done with this server' });
    });
  });
  return { logic, flush: () => Promise.resolve() };
}
