import { lstatSync, readdirSync, type Stats, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { notPrivate } from '../config/private-dir.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Subject } from './subject.ts';

type Located = Pick<Subject, 'paths' | 'daemon'>;

const MIB = 1024 * 1024;
const scarceBytes = 2048 * MIB;
const emptyBytes = 200 * MIB;
const DAY = 24 * 60 * 60_000;

/** The home itself: there, ours, and nobody else's to write to. */
export function checkHome({ paths }: Located): Finding {
  const { home } = paths;
  const found = look(home);
  if (found === undefined) return warn(`${home} does not exist`, 'a private folder', 'ninjad up makes it');
  for (const path of [home, paths.spool, paths.journal, paths.pg, paths.work, paths.mcp]) {
    const stats = look(path);
    const problem = stats === undefined ? undefined : notPrivate(path, stats);
    if (problem !== undefined) return fail(problem, `${path} ours alone`, `chown and chmod 700 ${path}`);
  }
  return ok(`${home}, mode ${modeOf(found)}`);
}

/** Room on the disk of the home. */
export function checkDisk({ paths }: Pick<Subject, 'paths'>, statfs = statfsSync): Finding {
  const { bavail, bsize, ffree, files } = statfs(nearestFolder(paths.home));
  const free = bavail * bsize;
  const found = `${Math.floor(free / MIB)} MiB free`;
  const expected = `${scarceBytes / MIB} MiB or more`;
  if (free < emptyBytes)
    return fail(found, expected, 'make room: the journal and the database stop when it is full');
  if (files > 0 && ffree < 1000) return fail(`${ffree} inodes free`, '1000 or more', 'remove small files');
  if (free < scarceBytes) return warn(found, expected, 'make room soon');
  return ok(found);
}

/** The settings of file and environment. */
export function checkConfig({ paths, settings }: Pick<Subject, 'paths' | 'settings'>): Finding {
  if ('problem' in settings)
    return fail(
      settings.problem,
      'settings that can be used',
      `edit ${paths.configFile}; ninjad does not start before`,
    );
  const changed = settings.views().filter(({ origin }) => origin !== 'default');
  const names = changed.map(({ key }) => key).join(', ');
  return ok(changed.length === 0 ? 'all settings at their defaults' : `set: ${names}`);
}

/** The named pipe: there, a pipe, and private. */
export function checkPipe({ paths, daemon }: Located): Finding {
  const found = look(paths.fifo);
  if (found === undefined) {
    if (daemon.state === 'absent') return ok('not there yet; ninjad up makes it');
    return fail(
      `${paths.fifo} is gone`,
      'a named pipe',
      'writers make a regular file of that name; restart ninjad',
    );
  }
  if (!found.isFIFO()) {
    const kind = found.isFile()
      ? 'a regular file (a shell that writes to a missing pipe makes one)'
      : 'no pipe';
    return fail(
      `${paths.fifo} is ${kind}`,
      'a named pipe',
      `move it away (mv ${paths.fifo} ${paths.fifo}.found) and start ninjad; its lines can be sent with ninjad send`,
    );
  }
  if (found.uid !== process.getuid?.())
    return fail(
      `${paths.fifo} belongs to user ${found.uid}`,
      'a pipe of your own',
      `remove it and start ninjad`,
    );
  if ((found.mode & 0o777) !== 0o600)
    return warn(
      `mode ${modeOf(found)}: others may speak to ninjad, or listen`,
      'mode 0600',
      `chmod 600 ${paths.fifo}`,
    );
  return ok(`${paths.fifo}, mode 0600`);
}

/** Payloads that were laid aside for lines which never came. */
export function checkSpool({ paths }: Pick<Subject, 'paths'>, now = Date.now()): Finding {
  const files = entriesOf(paths.spool).flatMap((name) => look(join(paths.spool, name)) ?? []);
  if (files.length === 0) return ok('empty');
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const found = `${files.length} files, ${Math.ceil(bytes / 1024)} KiB`;
  const old = files.filter(({ mtimeMs }) => now - mtimeMs > DAY).length;
  if (old === 0) return ok(found);
  return warn(
    `${found}; ${old} older than a day`,
    'files that are taken in at once',
    `look into ${paths.spool}: their writers died before they wrote the line`,
  );
}

function entriesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function nearestFolder(path: string): string {
  return look(path) === undefined && dirname(path) !== path ? nearestFolder(dirname(path)) : path;
}
