import { ensurePrivateDir } from './private-dir.ts';
import { type HomePaths, homePaths } from './paths.ts';
import { openSocketDir } from './socket-dir.ts';

/**
 * Makes a home ready for a daemon: its folders exist, are ours, and nobody else can write to them.
 * Throws `NinjadError` NOT_PRIVATE or PATH_TOO_LONG. The pipe, the lock and the token are their owners' work.
 */
export function openHome(home: string): HomePaths {
  ensurePrivateDir(home);
  openSocketDir(home);
  const paths = homePaths(home);
  const { spool, journal, pg, logs, work, mcp, sensors, sensorState, runs } = paths;
  for (const folder of [spool, journal, pg, logs, work, mcp, sensors, sensorState, runs])
    ensurePrivateDir(folder);
  return paths;
}
