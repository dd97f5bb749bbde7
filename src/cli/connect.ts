import { homeFrom, type HomePaths, homePaths } from '../lib/config/paths.ts';
import { type ControlClient, createControlClient } from '../lib/control/client.ts';

/** The paths of the home that this command line means. */
export function currentPaths(): HomePaths {
  return homePaths(homeFrom(process.env));
}

/** A client of the daemon on that home; calls reject with `DaemonNotRunningError` where there is none. */
export function connect(paths: HomePaths = currentPaths()): ControlClient {
  return createControlClient(paths.controlSocket);
}
