import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessRow } from './process-row.ts';

const psTimeoutMs = 5_000;
const maxPsBytes = 32 * 1024 * 1024;
const columns = 'pid=,ppid=,pgid=,state=,lstart=,command=';
const environment = { PATH: '/bin:/usr/bin:/usr/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** A line of ps: the row, and the command with its environment behind it as far as ps may see it. */
export interface PsLine {
  row: ProcessRow;
  command: string;
}

/**
 * Reads one line of `ps -o pid=,ppid=,pgid=,state=,lstart=,command=` (LC_ALL=C, TZ=UTC), or undefined if it is none.
 * macOS prints no usable session id, so `sid` is 0, and a start time in whole seconds.
 */
export function parsePsLine(line: string): PsLine | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]{8}\s+\d{4})\s*(.*)$/.exec(
    line,
  );
  if (match === null) return undefined;
  const [, pid, ppid, pgid, state = '', started = '', command = ''] = match;
  const startTime = Date.parse(`${started} UTC`) / 1_000;
  if (Number.isNaN(startTime)) return undefined;
  return {
    row: {
      pid: Number(pid),
      ppid: Number(ppid),
      pgid: Number(pgid),
      sid: 0,
      state: state.charAt(0),
      startTime,
      threads: 1,
    },
    command,
  };
}

/** Every process, through ps, for systems without /proc. */
export async function psLines(): Promise<PsLine[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axEww', '-o', columns], {
    env: environment,
    timeout: psTimeoutMs,
    maxBuffer: maxPsBytes,
  });
  return parseAll(stdout);
}

/** One process, through ps, else undefined. Synchronous. */
export function psRow(pid: number): ProcessRow | undefined {
  const { stdout } = run('ps', ['-ww', '-o', columns, '-p', String(pid)]);
  return parseAll(stdout)[0]?.row;
}

/** The kernel's name for this boot (macOS), else the time of boot. */
export function bootSession(): string {
  return run('sysctl', ['-n', 'kern.bootsessionuuid']).stdout.trim();
}

function parseAll(stdout: string): PsLine[] {
  return stdout.split('\n').flatMap((line) => parsePsLine(line) ?? []);
}

function run(program: string, args: string[]) {
  return spawnSync(program, args, {
    env: environment,
    timeout: psTimeoutMs,
    maxBuffer: maxPsBytes,
    encoding: 'utf8',
  });
}
