import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { HomePaths } from '../../lib/config/paths.ts';
import type { Trust } from '../../lib/wire/trust.ts';

/** Where programs of the owner keep what opens other doors, below their home directory. */
const ownersSecrets = [
  '.ssh/**',
  '.gnupg/**',
  '.aws/**',
  '.azure/**',
  '.config/gcloud/**',
  '.config/gh/**',
  '.config/git/credentials',
  '.config/op/**',
  '.config/rclone/**',
  '.config/sops/**',
  '.claude/.credentials.json',
  '.claude.json',
  '.cargo/credentials*',
  '.docker/config.json',
  '.git-credentials',
  '.kube/**',
  '.local/share/keyrings/**',
  '.my.cnf',
  '.netrc',
  '.npmrc',
  '.pgpass',
  '.password-store/**',
  '.pypirc',
  '.s3cfg',
  '.terraform.d/**',
  '.vault-token',
  // Whoever typed a password typed it here too.
  '.*_history',
];

/** What a process or the machine keeps: `/proc/PID/environ` holds the login of the agent itself. */
const machinesSecrets = [
  '/proc/*/**',
  '/run/credentials/**',
  '/run/secrets/**',
  '/etc/shadow*',
  '/etc/gshadow*',
  '/etc/ssh/*_key',
  '/etc/ssl/private/**',
  '/etc/wireguard/**',
  '/etc/NetworkManager/system-connections/**',
];

/** Tools that take a path; the CLI applies rules of `Read` to `Grep` and `Glob` too, an older one to none but itself. */
const readers = ['Read', 'Grep', 'Glob'];

/**
 * Rules that keep an agent from secrets, for all but the owner's own words: the home's token, settings, sockets and what it
 * knows, the owner's keys, and those of the machine. They are added to whatever the settings deny, so that no list of one's
 * own forgets them. `claudeDir` is where the CLI keeps its login, where the environment says that.
 */
export function secretPlaces(trust: Trust, paths: HomePaths, userHome: string, claudeDir?: string): string[] {
  if (trust === 'owner') return [];
  const { token, sessions, configFile, home, sockets, mcp, outcomes, pg, journal, spool } = paths;
  const folders = [join(home, 'run'), sockets, mcp, outcomes, pg, journal, spool];
  const ofHome = namesOf(home).flatMap((name) => {
    const under = (path: string): string => {
      const rest = relative(home, path);
      return literal(rest.startsWith('..') ? path : join(name, rest));
    };
    return [...[token, sessions, configFile].map(under), ...folders.map((path) => `${under(path)}/**`)];
  });
  const places = [
    ...ofHome,
    ...namesOf(userHome).flatMap((name) => ownersSecrets.map((place) => `${literal(name)}/${place}`)),
    ...(claudeDir === undefined ? [] : [`${literal(claudeDir)}/.credentials.json`]),
    ...machinesSecrets,
  ];
  return [...new Set(places)].flatMap((place) => readers.map((tool) => `${tool}(/${place})`));
}

/** A folder as it is named, and by its true name where that is another. */
function namesOf(folder: string): string[] {
  try {
    return [...new Set([folder, realpathSync(folder)])];
  } catch {
    return [folder];
  }
}

/**
 * Rules that let an agent read the files that the owner has sent along, for their own words alone: they lie outside of the
 * folder in which it works. Empty where there are none.
 */
export function attachmentPlaces(trust: Trust, { attachments }: Pick<HomePaths, 'attachments'>): string[] {
  return trust === 'owner' && existsSync(attachments) ? [`Read(/${literal(attachments)}/**)`] : [];
}

/** A path in a rule is a gitignore pattern in a list with commas: what is special in either becomes "any one character". */
function literal(path: string): string {
  return path.replace(/[,()[\]\\!?*\s]/g, '?');
}
