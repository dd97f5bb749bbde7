import { lstatSync, type Stats, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CheckResult, fail, ok, warn } from '../doctor/check-result.ts';
import type { Checks, Subject } from '../doctor/subject.ts';
import type { ManagedSettings } from './live-settings.ts';
import { notPrivate } from './private-dir.ts';

type Located = Pick<Subject, 'paths' | 'daemon'>;
type Configured = Located & { settings: Pick<ManagedSettings, 'views' | 'renamed'> | { problem: string } };

const MIB = 1024 * 1024;
const scarceBytes = 2048 * MIB;
const emptyBytes = 200 * MIB;

/** Checks of the home and its settings. */
export const homeChecks: Checks<Configured> = {
  home: checkHome,
  disk: (subject) => checkDisk(subject),
  config: checkConfig,
};

/** The home itself: there, ours, and nobody else's to write to. */
export function checkHome({ paths }: Located): CheckResult {
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
export function checkDisk({ paths }: Pick<Subject, 'paths'>, statfs = statfsSync): CheckResult {
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
export function checkConfig({ paths, settings }: Omit<Configured, 'daemon'>): CheckResult {
  if ('problem' in settings)
    return fail(
      settings.problem,
      'settings that can be used',
      `edit ${paths.configFile}; ninjad does not start before`,
    );
  const renamed = settings.renamed();
  if (renamed.length > 0)
    return warn(
      `in ${paths.configFile}: ${renamed.map(({ old, name }) => `${old} is called ${name} now`).join(', ')}`,
      'the names of this version',
      'rename them there; the old names still work',
    );
  const changed = settings.views().filter(({ origin }) => origin !== 'default');
  const names = changed.map(({ key }) => key).join(', ');
  return ok(changed.length === 0 ? 'all settings at their defaults' : `set: ${names}`);
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
