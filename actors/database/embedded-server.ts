import { type ChildProcess, spawn } from 'node:child_process';
import { NinjadError } from '../../src/lib/errors.ts';
import { howItEnded, stderrTail } from '../../src/lib/process/child-end.ts';
import { childEntry } from '../../src/lib/process/child-entry.ts';
import type { FromPgliteChild, PgliteChildInput, ToPgliteChild } from './pglite-messages.ts';
import { ownValue } from '../../src/lib/own-value.ts';

/** The embedded database as a running child process. */
export interface EmbeddedServer {
  readonly pid: number;
  /** Resolves once it listens on its socket; rejects when it ends before. */
  readonly listening: Promise<void>;
  /** Resolves to a sentence about how it ended, once it is gone. Never rejects. */
  readonly exited: Promise<string>;
  /** Has it put on the disk what it has written so far, while statements go on; rejects where it ends before. */
  flush(): Promise<void>;
  /** Asks it to end in order. */
  terminate(): void;
  kill(): void;
}

/** The environment a database process needs: none of the daemon's secrets. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];

/** Starts the embedded database. It ends by itself when this process does. */
export function spawnEmbeddedServer(
  input: PgliteChildInput,
  env: NodeJS.ProcessEnv = process.env,
): EmbeddedServer {
  const { command, args } = childEntry(import.meta.url, './pglite-child.ts');
  const child = spawn(command, [...args, JSON.stringify(input)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = ownValue(env, name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  });
  const complaint = readComplaint(child);
  const exited = howItEnded(child, 'the embedded database', complaint);
  const orEnd = <T>(awaited: Promise<T>): Promise<T> =>
    Promise.race([
      awaited,
      exited.then((how) => {
        throw new NinjadError('EMBEDDED_DATABASE_ENDED', how);
      }),
    ]);
  const listening = orEnd(told(child, 'listening'));
  listening.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    listening,
    exited,
    flush: () => {
      const flushed = told(child, 'flushed');
      // Its end is told by `exited`.
      child.send({ type: 'flush' } satisfies ToPgliteChild, () => undefined);
      return orEnd(flushed);
    },
    terminate: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
}

function told(child: ChildProcess, type: FromPgliteChild['type']): Promise<void> {
  return new Promise((resolve) => {
    const take = (message: FromPgliteChild): void => {
      if (message.type !== type) return;
      child.off('message', take);
      resolve();
    };
    child.on('message', take);
  });
}

/** Last word of the child about its end: its own report, else the tail of its stderr. */
function readComplaint(child: ChildProcess): () => string {
  let reason: string | undefined;
  const tail = stderrTail(child);
  child.on('message', (message: FromPgliteChild) => {
    if (message.type === 'failed') reason = message.reason;
  });
  return () => reason ?? tail();
}
