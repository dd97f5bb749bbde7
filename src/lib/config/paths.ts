import { isAbsolute, join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { UsageError } from '../errors.ts';
import { socketDir } from './socket-dir.ts';

/** Where everything of one home lies; all paths are absolute. */
export interface HomePaths {
  home: string;
  /** The named pipe: the one door for events. */
  fifo: string;
  /** Payloads that are too long for one pipe write. */
  spool: string;
  /** Files that the owner has sent along with messages. */
  attachments: string;
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
  /** The dashboard's open sessions. */
  sessions: string;
  logs: string;
  /** Models that were downloaded. */
  models: string;
  /** The folders in which agents work. */
  work: string;
  /** What tells the agents of running tasks how to reach ninjad. */
  mcp: string;
  /** Outcomes of tasks that could not be recorded yet. */
  outcomes: string;
  /** What the agents of running tasks were seen to do. */
  deeds: string;
  /** The owner's own sensors: programs. */
  sensors: string;
  /** What sensors remember between their runs. */
  sensorState: string;
  /** What programs that run by the clock have in their hands while they run. */
  runs: string;
  /** What the owner cannot be told by the way that is down; `ninjad status` prints it first. */
  alert: string;
  configFile: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The home that the environment names: `NINJAD_HOME`, by default `~/.ninjad`. A leading `~/` is expanded, since systemd,
 * `.env` files and quotes deliver it as it stands. Throws a `UsageError` for a path that depends on the current folder.
 */
export function homeFrom(env: Environment): string {
  const named = env['NINJAD_HOME'] ?? '';
  if (named === '') return join(userHomeFrom(env), '.ninjad');
  if (named === '~' || named.startsWith('~/')) return join(userHomeFrom(env), named.slice(1));
  if (isAbsolute(named)) return resolve(named);
  throw new UsageError(
    `NINJAD_HOME: expected an absolute path, or one that begins with ~/, got ${JSON.stringify(named)}`,
  );
}

/** The home folder of the user: `HOME`, else that of the user's entry. Throws a `UsageError` where neither names one. */
export function userHomeFrom(env: Environment): string {
  const named = env['HOME'];
  if (named === undefined) return entryHome();
  if (isAbsolute(named)) return resolve(named);
  throw new UsageError(
    `HOME: expected the absolute path of your home folder, got ${named === '' ? 'nothing' : JSON.stringify(named)}`,
  );
}

function entryHome(): string {
  let found = '';
  try {
    found = homedir();
  } catch {
    // The user has no entry, as in a container that runs under a bare number.
  }
  if (isAbsolute(found)) return found;
  throw new UsageError('HOME is not set, and this user has no entry that names a home folder: set HOME');
}

/** The paths of a home. Reads at most a pointer file, creates nothing, and does not mind if the home is missing. */
export function homePaths(home: string): HomePaths {
  const root = resolve(home);
  const sockets = socketDir(root);
  return {
    home: root,
    fifo: join(root, 'events.fifo'),
    spool: join(root, 'spool'),
    attachments: join(root, 'spool', 'discord'),
    journal: join(root, 'journal'),
    pg: join(root, 'pg'),
    sockets,
    controlSocket: join(sockets, 'control.sock'),
    lock: join(root, 'lock'),
    token: join(root, 'token'),
    sessions: join(root, 'sessions.json'),
    logs: join(root, 'logs'),
    models: join(root, 'models'),
    work: join(root, 'work'),
    mcp: join(root, 'mcp'),
    outcomes: join(root, 'outcomes'),
    deeds: join(root, 'attempts'),
    sensors: join(root, 'sensors'),
    sensorState: join(root, 'sensor-state'),
    runs: join(root, 'runs'),
    alert: join(root, 'alert'),
    configFile: join(root, 'config.json'),
  };
}
