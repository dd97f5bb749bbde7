import { join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { socketDir } from './socket-dir.ts';

/** Where everything of one home lies; all paths are absolute. */
export interface HomePaths {
  home: string;
  /** The named pipe: the one door for events. */
  fifo: string;
  /** Payloads that are too long for one pipe write. */
  spool: string;
  journal: string;
  /** Data directory of the embedded database. */
  pg: string;
  /** Folder of the Unix sockets, see `socketDir`. The embedded database puts `.s.PGSQL.5432` there. */
  sockets: string;
  /** Unix socket of the control API. */
  controlSocket: string;
  /** The file whose OS lock means that a daemon runs on this home. */
  lock: string;
  /** The dashboard's token. */
  token: string;
  logs: string;
  /** Models that were downloaded. */
  models: string;
  /** The folders in which agents work. */
  work: string;
  /** What tells the agents of running tasks how to reach ninjad. */
  mcp: string;
  configFile: string;
}

/** The home that the environment names: `NINJAD_HOME`, by default `~/.ninjad`. */
export function homeFrom(env: Readonly<Record<string, string | undefined>>): string {
  const named = env['NINJAD_HOME'];
  return named === undefined || named === '' ? join(env['HOME'] ?? homedir(), '.ninjad') : resolve(named);
}

/** The paths of a home. Reads at most a pointer file, creates nothing, and does not mind if the home is missing. */
export function homePaths(home: string): HomePaths {
  const root = resolve(home);
  const sockets = socketDir(root);
  return {
    home: root,
    fifo: join(root, 'events.fifo'),
    spool: join(root, 'spool'),
    journal: join(root, 'journal'),
    pg: join(root, 'pg'),
    sockets,
    controlSocket: join(sockets, 'control.sock'),
    lock: join(root, 'lock'),
    token: join(root, 'token'),
    logs: join(root, 'logs'),
    models: join(root, 'models'),
    work: join(root, 'work'),
    mcp: join(root, 'mcp'),
    configFile: join(root, 'config.json'),
  };
}
