import { commandLineOf } from '../command-line.ts';
import { markerValueIn } from '../environ.ts';
import { identityOfRow } from '../identity.ts';
import { terminateFamily } from '../kill-family.ts';
import { type TaskMark, taskMarkerName } from '../marker.ts';
import type { OwnChildren } from '../own-children.ts';
import { isDead, type ProcessRow } from '../process-row.ts';
import { readProc } from '../read-proc.ts';
import type { Subreaper } from '../subreaper.ts';
import { childRows } from './adopted.ts';
import { createRuns, keyOf, type Run } from './runs.ts';

/** A process of which the owner should know. */
export interface LeftStray {
  pid: number;
  command: string;
  /** Reason, in a few words for people. */
  reason: string;
  /** The task that it came of, where that is known. */
  taskId: number | null;
}

/**
 * Strays: processes that lost their parents and came to this one, which is a child subreaper. Whatever descends from a task
 * descends from its agent or from a stray, so with these none gets out of sight, whatever it cleared or left.
 * A stray belongs to the run that its marker names, else to those that were under way at its birth: with one, it ends with
 * that; with several, it ends with the last of them, since it may be that one's.
 */
export interface Strays {
  /** True where strays come to this process. */
  readonly adopts: boolean;
  /** A run begins. */
  begin(mark: TaskMark): void;
  /** A run is being ended: which of the processes are its own to end. */
  claims(mark: TaskMark): (row: ProcessRow) => boolean;
  /** All runs are being ended at once. */
  claimsOfAll(): (row: ProcessRow) => boolean;
  /** Nobody of the run is left. */
  end(mark: TaskMark): void;
  /**
   * Takes the dead out of the process table and ends strays whose runs are all over. Resolves to those that it could not
   * end and to those of no run, each once and the latter at their second look: most are gone by then.
   */
  sweep(graceMs: number): Promise<LeftStray[]>;
}

/** Surroundings of strays; for tests. */
export interface StrayHost {
  subreaper: Subreaper | undefined;
  own: OwnChildren;
  /** Clock ticks since boot. */
  now?: () => number;
}

/** An account of strays in which no run has begun. */
export function createStrays({ subreaper, own, now = ticksSinceBoot }: StrayHost): Strays {
  const runs = createRuns(now);
  const seen = new Map<string, 'once' | 'told'>();
  const isStray = (row: ProcessRow): boolean =>
    subreaper !== undefined && row.ppid === process.pid && !own.has(row.pid) && !isDead(row);

  const runsOf = (row: ProcessRow): Run[] => {
    const environ = readProc(`/proc/${row.pid}/environ`);
    const marked = environ === undefined ? undefined : markerValueIn(environ, taskMarkerName);
    const run = marked === undefined ? undefined : runs.of(marked);
    return run === undefined ? runs.at(row.startTime) : [run];
  };

  const endOverdue = async (row: ProcessRow, from: readonly Run[], graceMs: number) => {
    const root = identityOfRow(row);
    const marker = { name: taskMarkerName, value: from.at(-1)?.key ?? '' };
    const { left } = await terminateFamily({ root, marker, graceMs });
    return left.map(({ reason }) => reason).at(0);
  };

  const tell = (row: ProcessRow, reason: string, run: Run | undefined): LeftStray => {
    seen.set(identityKey(row), 'told');
    return { pid: row.pid, command: commandLineOf(row.pid), reason, taskId: run?.mark.taskId ?? null };
  };

  const lookAt = async (row: ProcessRow, graceMs: number): Promise<LeftStray[]> => {
    const state = seen.get(identityKey(row));
    const from = runsOf(row);
    if (from.some(({ isOver, until }) => !isOver || until === undefined)) return [];
    if (from.length === 0) {
      if (state === undefined) seen.set(identityKey(row), 'once');
      return state === 'once' ? [tell(row, 'no task ran when it was started', undefined)] : [];
    }
    const reason = await endOverdue(row, from, graceMs);
    return reason === undefined || state === 'told' ? [] : [tell(row, reason, from.at(-1))];
  };

  return {
    adopts: subreaper !== undefined,
    begin: (mark) => runs.begin(mark),
    claims(mark) {
      runs.close(mark);
      const key = keyOf(mark);
      return (row) => {
        if (!isStray(row)) return false;
        const from = runsOf(row);
        return from.some((run) => run.key === key) && from.every(({ isOver }) => isOver);
      };
    },
    claimsOfAll: () => (row) => isStray(row) && runsOf(row).length > 0,
    end: (mark) => runs.end(mark),
    async sweep(graceMs) {
      if (subreaper === undefined) return [];
      const strays: ProcessRow[] = [];
      for (const row of await childRows()) {
        if (own.has(row.pid)) continue;
        if (isDead(row)) subreaper.reap(row.pid);
        else strays.push(row);
      }
      const present = new Set(strays.map(identityKey));
      for (const key of seen.keys()) if (!present.has(key)) seen.delete(key);
      const left: LeftStray[] = [];
      for (const row of strays) left.push(...(await lookAt(row, graceMs)));
      return left;
    },
  };
}

function identityKey({ pid, startTime }: ProcessRow): string {
  return `${pid}@${startTime}`;
}

/** USER_HZ, in which /proc tells times: 100 on every Linux that Node runs on. */
const ticksASecond = 100;

function ticksSinceBoot(): number {
  return Math.floor(Number(readProc('/proc/uptime')?.toString('latin1').split(' ')[0] ?? 0) * ticksASecond);
}
