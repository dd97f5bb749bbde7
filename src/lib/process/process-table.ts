import { readdirSync } from 'node:fs';
import { markerValueIn } from './environ.ts';
import { isDead, parseStat, type ProcessRow, type ProcessTable } from './process-row.ts';
import { psLines } from './ps.ts';
import { readProc } from './read-proc.ts';
import { inSlices } from './slices.ts';

/** Result of one look at the machine. */
export interface ProcessScan {
  table: ProcessTable;
  /** The value of the asked environment variable, by pid, for the processes that have it. */
  marked: ReadonlyMap<number, string>;
}

const maxSweeps = 50;
/** Sweeps in which a process whose environment reads as empty is looked at again. */
const maxBlankLooks = 4;

/**
 * Looks at every process of the machine and, given a variable's name, for those that carry it in their environment
 * (as it was at exec; unreadable counts as absent, and what is empty is looked at again, since it is so for a moment in the
 * midst of an exec). Sweeps again over those born meanwhile, until a sweep finds nobody
 * new or somebody who `isWanted`: so a chain of short-lived processes cannot pass for nobody, and a storm of them does
 * not keep us from acting. The table may hold some that are gone again.
 * Works in slices of about 3 ms and lets the event loop turn between them.
 * Costs about 20 µs a process, 40 µs with the environment.
 */
export async function scanProcesses(
  markerName?: string,
  isWanted: (value: string) => boolean = () => false,
): Promise<ProcessScan> {
  if (process.platform !== 'linux') return scanThroughPs(markerName);
  const table = new Map<number, ProcessRow>();
  const marked = new Map<number, string>();
  const inspected = new Set<string>();
  const wanted = new Set<number>();
  const blankLooks = new Map<string, number>();
  for (let sweep = 0; sweep < maxSweeps && wanted.size === 0; sweep++) {
    const fresh = readdirSync('/proc').filter((name) => isPid(name) && !inspected.has(name));
    if (fresh.length === 0) break;
    await inSlices(fresh, (name) => {
      inspected.add(name);
      const row = readRow(name);
      if (row === undefined) return;
      table.set(row.pid, row);
      const environ = markerName === undefined ? undefined : readProc(`/proc/${name}/environ`);
      if (environ === undefined || markerName === undefined) return;
      if (environ.length === 0 && isProgram(row)) {
        const looks = (blankLooks.get(name) ?? 0) + 1;
        blankLooks.set(name, looks);
        if (looks < maxBlankLooks) inspected.delete(name);
      }
      const value = markerValueIn(environ, markerName);
      if (value === undefined) return;
      marked.set(row.pid, value);
      if (isWanted(value)) wanted.add(row.pid);
    });
  }
  return { table, marked };
}

/** Threads of the kernel are in no session, and have no environment as the dead have none. */
function isProgram(row: ProcessRow): boolean {
  return row.sid !== 0 && !isDead(row);
}

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}

function readRow(pid: string): ProcessRow | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat.toString('latin1'));
}

async function scanThroughPs(markerName: string | undefined): Promise<ProcessScan> {
  const table = new Map<number, ProcessRow>();
  const marked = new Map<number, string>();
  for (const { row, command } of await psLines()) {
    table.set(row.pid, row);
    // ps writes the environment behind the command, separated by spaces alone: good enough for values without spaces.
    const value =
      markerName === undefined
        ? undefined
        : command.split(' ').find((word) => word.startsWith(`${markerName}=`));
    if (markerName !== undefined && value !== undefined)
      marked.set(row.pid, value.slice(markerName.length + 1));
  }
  return { table, marked };
}
