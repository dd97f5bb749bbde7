import { homeFrom, type HomePaths, homePaths } from '../lib/config/paths.ts';
import type { DaemonClient } from '../client.ts';
import { createControlClient } from '../faces/control/client.ts';

export type { DaemonClient };

/** The paths of the home that this command line means. */
export function currentPaths(): HomePaths {
  return homePaths(homeFrom(process.env));
}

/**
 * A client of the daemon on that home; calls reject with `DaemonNotRunningError` where there is none. `answerMs` is for calls that a
 * daemon answers at once: longer is not waited for one that hangs.
 */
export function connect(
  paths: HomePaths = currentPaths(),
  options: { answerMs?: number } = {},
): DaemonClient {
  return createControlClient(paths.controlSocket, options);
}
