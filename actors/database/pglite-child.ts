import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { messageOf } from '../../src/lib/errors.ts';
import { openNoDebugger } from '../../src/lib/process/no-debugger.ts';
import { waitForLock } from '../../src/lib/process/lock.ts';
import { onParentGone } from '../../src/lib/process/parent-gone.ts';
import { engineOf, openPglite, reportedParameters } from './pglite.ts';
import type { FromPgliteChild, PgliteChildInput, ToPgliteChild } from './pglite-messages.ts';
import { startWireServer } from './wire-server.ts';

/*
 * Entry of the embedded database's process: lock, open, listen, and end in order at SIGTERM or when the parent is
 * gone, so that it never outlives the daemon.
 */

/*
 * V8 optimises a WebAssembly function once it has run this many bytes. With its own budget, 1.8 million, a start alone has
 * a good second's worth of compiling done in the background, beside a daemon that starts too; with this one only what is
 * in use for longer is optimised, and `npm run bench` records as many events a second. An engine that does not know the
 * flag passes it over.
 */
setFlagsFromString('--wasm-tiering-budget=400000000');

// Postgres' files are the owner's alone, whatever umask the daemon was started under.
process.umask(0o077);

openNoDebugger();
const leaving = new AbortController();
process.once('SIGTERM', () => leaving.abort());
onParentGone(() => leaving.abort());
// A terminal's signals reach the whole foreground group; the daemon decides when its database stops.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);

try {
  await serve(JSON.parse(process.argv[2] ?? '') as PgliteChildInput);
  process.exit(0);
} catch (thrown) {
  if (leaving.signal.aborted) process.exit(0);
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  tell({ type: 'failed', reason: messageOf(thrown) }, () => process.exit(1));
}

async function serve(input: PgliteChildInput): Promise<void> {
  mkdirSync(dirname(input.dataDir), { recursive: true, mode: 0o700 });
  await waitForLock(`${input.dataDir}.lock`, { signal: leaving.signal, deadlineMs: input.lockDeadlineMs });
  const { db, files } = await openPglite(input.dataDir);
  const broken = new AbortController();
  const server = await startWireServer({
    engine: engineOf(db),
    parameters: await reportedParameters(db),
    socketDir: input.socketDir,
    ...(input.idleInTransactionMs === undefined ? {} : { idleInTransactionMs: input.idleInTransactionMs }),
    onBroken: (error) => broken.abort(error),
  });
  process.on('message', (_: ToPgliteChild) => {
    files.flushed.flushChanged().then(
      () => tell({ type: 'flushed' }),
      // As Postgres itself, which takes no disk for well that has failed once: the log is read anew.
      (error: unknown) => broken.abort(error),
    );
  });
  tell({ type: 'listening' });
  await aborted(AbortSignal.any([leaving.signal, broken.signal]));
  broken.signal.throwIfAborted();
  await server.close();
  await db.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function tell(message: FromPgliteChild, done: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, done);
  else done();
}
