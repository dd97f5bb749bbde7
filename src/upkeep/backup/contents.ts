/**
 * What a home holds and a backup does not: the name of the entry, and why. All else is in it, so that a folder which a later
 * concern makes is backed up without anybody thinking of it.
 */
export const exemptEntries: Readonly<Record<string, string>> = {
  lock: 'the lock of a running daemon',
  'pg.lock': 'the lock of a running database',
  'pg.unfinished': 'a database that was never finished',
  'pg.unfinished.inode': 'a database that was never finished',
  'events.fifo': 'a pipe, made anew at each start',
  run: 'sockets, made anew at each start',
  'sockets.path': 'where the sockets of this path lie',
  mcp: 'passes of tasks that run now',
  runs: 'what programs that run now have in their hands',
  models: 'downloaded, and downloaded again',
  logs: 'what the daemon has said, not what it knows',
  alert: 'what is wrong on this machine now',
  backups: 'the backups themselves',
  'restoring.json': 'how far a restore of this home has come',
  'generation.json': 'how often this home was restored; the manifest says it',
};

/** What is in a backup only where it was asked for: whoever has it can act as the owner. */
export const secretEntries: Readonly<Record<string, string>> = {
  token: 'the token of the dashboard (--with-secrets)',
  'sessions.json': 'open sessions of the dashboard (--with-secrets)',
};

/** What belongs to a whole picture and lies outside the home, for the manifest. */
export const outsideHome: readonly string[] = [
  "the agent's own sessions and login (~/.claude or CLAUDE_CONFIG_DIR): conversations resume with them only",
  'variables of the environment that the daemon was started with, such as DISCORD_TOKEN',
];

/** Folders that go first or by their own rules; everything else follows them. */
export const orderedEntries = ['pg', 'journal', 'spool'] as const;

/** Why an entry of a home is left out, or undefined where it is in. */
export function leftOut(name: string, { withSecrets }: { withSecrets: boolean }): string | undefined {
  if (Object.hasOwn(exemptEntries, name)) return exemptEntries[name];
  if (!withSecrets && Object.hasOwn(secretEntries, name)) return secretEntries[name];
  return name.startsWith('pg.unfinished') ? exemptEntries['pg.unfinished'] : undefined;
}

/** What PostgreSQL's own base backup passes over, below `pg/`: the log and the control file come after the rest. */
export function isCopiedLater(path: string): boolean {
  return path.startsWith('pg_wal/') || path === 'global/pg_control' || path === 'postmaster.pid';
}

/** A file that somebody writes just now and renames when it is whole. */
export function isUnfinished(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.new') || (path.startsWith('spool/') && name.startsWith('.'));
}
