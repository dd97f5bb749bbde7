import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, expect } from 'vitest';
import { closeAll } from './closers.ts';

/** A process that a test should have ended. */
export interface LeakedProcess {
  pid: number;
  command: string;
}

const LOOK_AGAIN_MS = 20;

/**
 * Call it at the top of a test file. After each test (and after the file's own clean-up hooks) it waits up to
 * `withinMs` (default 5,000) until no process is left that descends from this one, or that carries a marker given to
 * `watch` in its environment, such as `NINJAD_TASK=42`: that finds those that left the tree. What is left then is
 * killed, so that the next test starts clean, and fails the test. Processes from before the first test are not ours.
 */
export function leakGuard({ withinMs = 5_000 }: { withinMs?: number } = {}) {
  const markers = new Set<string>();
  let before: ReadonlySet<number> = new Set();
  beforeAll(() => {
    before = new Set(leakedProcesses().map(({ pid }) => pid));
  });
  afterEach(async () => {
    await closeAll();
    const giveUpAt = performance.now() + withinMs;
    let leaked = leakedProcesses(markers, before);
    while (leaked.length > 0 && performance.now() < giveUpAt) {
      await delay(LOOK_AGAIN_MS);
      leaked = leakedProcesses(markers, before);
    }
    for (const { pid } of leaked) kill(pid);
    markers.clear();
    expect(leaked, 'processes that the test left behind').toEqual([]);
  });
  return { watch: (marker: string) => void markers.add(marker) };
}

/** The living descendants of this process and the living processes with one of the markers, without those of `before`. */
export function leakedProcesses(
  markers: ReadonlySet<string> = new Set(),
  before: ReadonlySet<number> = new Set(),
): LeakedProcess[] {
  const pids = new Set([...descendantsOf(process.pid), ...carriersOf(markers)]);
  return [...pids].flatMap((pid) => {
    if (pid === process.pid || before.has(pid) || !isAlive(pid)) return [];
    return [{ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }];
  });
}

function descendantsOf(pid: number): number[] {
  const children = list(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  );
  return [...children, ...children.flatMap(descendantsOf)];
}

function carriersOf(markers: ReadonlySet<string>): number[] {
  if (markers.size === 0) return [];
  const pids = list('/proc').filter((name) => /^\d+$/.test(name));
  const isCarrier = (pid: string) =>
    read(`/proc/${pid}/environ`)
      .split('\0')
      .some((entry) => markers.has(entry));
  return pids.filter(isCarrier).map(Number);
}

/** A zombie is not alive. */
function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== '' && !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
}

function list(folder: string): string[] {
  return orEmpty(() => readdirSync(folder), []);
}

/** One file at a time: a machine has more processes than we may have open files. */
function read(path: string): string {
  return orEmpty(() => readFileSync(path, 'utf8'), '');
}

/** A process can end between any two looks, and others' are closed to us. Every other failure would hide a leak. */
function orEmpty<Value>(look: () => Value, empty: Value): Value {
  try {
    return look();
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(String(code))) return empty;
    throw thrown;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
