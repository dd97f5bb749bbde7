import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, expect } from 'vitest';

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
  beforeAll(async () => {
    before = new Set((await leakedProcesses()).map(({ pid }) => pid));
  });
  afterEach(async () => {
    const giveUpAt = performance.now() + withinMs;
    let leaked = await leakedProcesses(markers, before);
    while (leaked.length > 0 && performance.now() < giveUpAt) {
      await delay(LOOK_AGAIN_MS);
      leaked = await leakedProcesses(markers, before);
    }
    for (const { pid } of leaked) kill(pid);
    markers.clear();
    expect(leaked, 'processes that the test left behind').toEqual([]);
  });
  return { watch: (marker: string) => void markers.add(marker) };
}

/** The living descendants of this process and the living processes with one of the markers, without those of `before`. */
export async function leakedProcesses(
  markers: Iterable<string> = [],
  before: ReadonlySet<number> = new Set(),
): Promise<LeakedProcess[]> {
  const pids = new Set([...(await descendantsOf(process.pid)), ...(await marked([...markers]))]);
  const found = await Promise.all(
    [...pids]
      .filter((pid) => !before.has(pid) && pid !== process.pid)
      .map(async (pid) => ({ pid, command: await commandOf(pid) })),
  );
  return found.flatMap(({ pid, command }) => (command === undefined ? [] : [{ pid, command }]));
}

async function descendantsOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(tasks.map((task) => readOf(`/proc/${pid}/task/${task}/children`)));
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

async function marked(markers: string[]): Promise<number[]> {
  if (markers.length === 0) return [];
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const carriers = await Promise.all(
    pids.map(async (pid) => {
      const environment = (await readOf(`/proc/${pid}/environ`)).split('\0');
      return markers.some((marker) => environment.includes(marker)) ? [Number(pid)] : [];
    }),
  );
  return carriers.flat();
}

/** Undefined when the process is gone or a zombie, which is not alive. */
async function commandOf(pid: number): Promise<string | undefined> {
  const stat = await readOf(`/proc/${pid}/stat`);
  const state = stat.slice(stat.lastIndexOf(')') + 2)[0];
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  return (await readOf(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
}

/** A process can end between any two reads: what cannot be read any more is empty. */
async function readOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
