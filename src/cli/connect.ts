import { NinjadError } from '../lib/errors.ts';
import { homeFrom, type HomePaths, homePaths } from '../lib/config/paths.ts';
import type { DaemonClient } from '../client.ts';
import { asLaunched } from './as-launched.ts';
import { createControlClient } from '../faces/control/client.ts';

export type { DaemonClient };

/** The paths of the home that this command line means. */
export function currentPaths(): HomePaths {
  return homePaths(homeFrom(process.env));
}

/** A call may take its time; after so long somebody asks whether the daemon answers at all, and for so long at most. */
const quietMs = 10_000;
const probeMs = 5_000;

/**
 * A client of the daemon on that home; calls reject with `DaemonNotRunningError` where there is none. `answerMs` is for calls that a
 * daemon answers at once: longer is not waited for one that hangs. Without it a call waits, and one that a hanging daemon does not
 * answer says so on stderr.
 */
export function connect(
  paths: HomePaths = currentPaths(),
  options: { answerMs?: number } = {},
): DaemonClient {
  const client: DaemonClient = createControlClient(paths.controlSocket, options);
  if (options.answerMs !== undefined) return client;
  return {
    ...client,
    ask: async (name, input) => {
      const answered = new AbortController();
      const timer = setTimeout(() => void tellOfSilence(paths, answered.signal), quietMs);
      try {
        return await client.ask(name, input);
      } finally {
        answered.abort();
        clearTimeout(timer);
      }
    },
  };
}

let isTold = false;

async function tellOfSilence(paths: HomePaths, answered: AbortSignal): Promise<void> {
  const probe: DaemonClient = createControlClient(paths.controlSocket, { answerMs: probeMs });
  const thrown: unknown = await probe.ask('status.get', {}).then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  const isSilent = thrown instanceof NinjadError && thrown.code === 'NO_ANSWER';
  if (!isSilent || answered.aborted || isTold) return;
  isTold = true;
  process.stderr.write(
    `${asLaunched(`The daemon runs and has not answered for ${(quietMs + probeMs) / 1_000} s. In another terminal  ninjad doctor  looks for the reason; Ctrl-C ends the wait.`)}\n`,
  );
}
