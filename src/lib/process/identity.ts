import { readFileSync } from 'node:fs';
import { isDead, parseStat, type ProcessRow } from './process-row.ts';
import { bootSession, psRow } from './ps.ts';
import { readProc } from './read-proc.ts';

/** Identity of a process beyond its pid, which the kernel hands out again. Plain JSON: it may be stored in a row. */
export interface ProcessIdentity {
  bootId: string;
  pid: number;
  /** Linux: clock ticks since boot (field 22 of /proc/<pid>/stat). macOS: epoch seconds, so a pid reused within its second passes for the same process. */
  startTime: number;
  /** Linux: how many processes and threads the machine had ever started when this was taken; bounds when its pid can be in a second life. */
  forksSinceBoot?: number;
}

/** The identity of a process that exists, a zombie included, else undefined. Synchronous: two small reads (macOS: runs ps). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const row = currentRow(pid);
  return row === undefined ? undefined : identityOfRow(row, forksSinceBoot());
}

/** True while that very process runs: a zombie, another process under its pid, or another boot is not it. */
export function isAlive(identity: ProcessIdentity): boolean {
  const row = currentRow(identity.pid);
  return row !== undefined && !isDead(row) && isRowOf(row, identity);
}

/** True when the row shows the process of that identity, dead or alive. */
export function isRowOf(row: ProcessRow, identity: ProcessIdentity): boolean {
  return row.pid === identity.pid && row.startTime === identity.startTime && identity.bootId === bootId();
}

/** The identity behind a row of a process table. */
export function identityOfRow(row: ProcessRow, forks?: number): ProcessIdentity {
  const identity = { bootId: bootId(), pid: row.pid, startTime: row.startTime };
  return forks === undefined ? identity : { ...identity, forksSinceBoot: forks };
}

/** Row of one pid as /proc (or ps) shows it now, else undefined. */
export function currentRow(pid: number): ProcessRow | undefined {
  if (process.platform !== 'linux') return psRow(pid);
  const stat = readProc(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat.toString('latin1'));
}

/**
 * Makes a judge that tells whether the pid of an identity cannot have been given to another process since: the kernel
 * counts pids up before it begins again, and fewer than half as many processes were started as there are pids. False
 * means "unknown". The machine is asked once, when the judge is made.
 */
export function firstLifeJudge(): (identity: ProcessIdentity) => boolean {
  const now = forksSinceBoot();
  const roomyMargin = pidCeiling() / 2;
  return ({ bootId: boot, forksSinceBoot: then }) =>
    now !== undefined && then !== undefined && boot === bootId() && now - then < roomyMargin;
}

/** Processes and threads started since boot (Linux), else undefined. */
export function forksSinceBoot(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const count = /^processes (\d+)$/m.exec(readProc('/proc/stat')?.toString('latin1') ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
}

function pidCeiling(): number {
  return Number(readProc('/proc/sys/kernel/pid_max')?.toString('latin1') ?? 0);
}

let cachedBootId: string | undefined;

/** Names this run of the machine: pids and start times compare within one boot only. */
export function bootId(): string {
  cachedBootId ??=
    process.platform === 'linux'
      ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      : bootSession();
  return cachedBootId;
}
