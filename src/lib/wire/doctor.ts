import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { UnfinishedLine } from '../journal/intake.ts';
import { type CheckResult, fail, ok, warn } from '../doctor/check-result.ts';
import type { Checks, Subject } from '../doctor/subject.ts';

type Located = Pick<Subject<Pipe>, 'paths' | 'daemon'>;

/** What the daemon's status tells of the pipe. */
interface Pipe {
  unfinishedLine: UnfinishedLine | null;
}

const DAY = 24 * 60 * 60_000;
/** A line that waits for less than this is one that a writer is at. */
const unfinishedMs = 2_000;

/** Checks of the ways in: the pipe and the spool. */
export const wireChecks: Checks<Located> = { pipe: checkPipe, spool: (subject) => checkSpool(subject) };

/** The named pipe: there, a pipe, and private. */
export function checkPipe({ paths, daemon }: Located): CheckResult {
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
  const line = daemon.state === 'running' ? daemon.status.unfinishedLine : null;
  if (line !== null && line.silentMs >= unfinishedMs)
    return warn(
      `a line of ${line.bytes} bytes has waited ${Math.round(line.silentMs / 1_000)} s for its newline: ${line.sample}`,
      'lines that end in a newline',
      'its writer forgot the newline, or died; the next line is safe from it, and  echo > events.fifo  ends it',
    );
  return ok(`${paths.fifo}, mode 0600`);
}

/** Payloads that were laid aside for lines which never came. */
export function checkSpool({ paths }: Pick<Subject, 'paths'>, now = Date.now()): CheckResult {
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
