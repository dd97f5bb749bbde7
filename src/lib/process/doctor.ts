import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type CheckResult, fail, ok, warn } from '../doctor/check-result.ts';
import type { Checks, Subject } from '../doctor/subject.ts';

type Asked = Pick<Subject<{ pid: number }>, 'daemon'>;

/** Below this the daemon does not start: it opens that many modules, sockets and files. */
const leastFiles = 256;
/** From here on sockets of pages, agents and the journal have room. */
const enoughFiles = 1024;

/** Checks of what the system grants processes. */
export const processChecks: Checks<Asked> = { files: checkOpenFiles };

/** How many files the daemon, or without one this process, may have open at once. */
export function checkOpenFiles(
  { daemon }: Asked,
  limitOf: (pid: number | undefined) => number | undefined = openFilesLimit,
): CheckResult {
  const limit = limitOf(daemon.state === 'running' ? daemon.status.pid : undefined);
  if (limit === undefined) return ok('no limit of open files is known');
  const found = limit === Infinity ? 'any number of open files' : `${limit} open files at most`;
  if (limit >= enoughFiles) return ok(found);
  const advice = `ulimit -n ${enoughFiles} in the shell, LimitNOFILE=${enoughFiles} in a unit of systemd`;
  if (limit < leastFiles)
    return fail(found, `${leastFiles} or more: ninjad does not start with less`, advice);
  return warn(found, `${enoughFiles} or more`, advice);
}

/**
 * The limit of open files of a process (this one by default): Infinity where there is none, undefined where it cannot be
 * seen. Node raises the soft limit to the hard one when it starts, so the soft one holds.
 */
export function openFilesLimit(pid?: number): number | undefined {
  try {
    const limits = readFileSync(`/proc/${pid ?? 'self'}/limits`, 'utf8');
    return numberOf(/^Max open files\s+(\S+)/m.exec(limits)?.[1]);
  } catch {
    return pid === undefined ? shellLimit() : undefined;
  }
}

/** Without /proc a child tells what it has inherited. */
function shellLimit(): number | undefined {
  try {
    return numberOf(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8', timeout: 5_000 }).trim());
  } catch {
    return undefined;
  }
}

function numberOf(word: string | undefined): number | undefined {
  if (word === 'unlimited') return Infinity;
  return word !== undefined && /^\d+$/.test(word) ? Number(word) : undefined;
}
