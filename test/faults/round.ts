import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { putEvent } from '../../src/lib/wire/put-event.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { until } from '../helpers/daemon.ts';
import { findMarked, type MarkedProcess } from '../../src/lib/process/find-marked.ts';
import { standbyTaskId, taskMarkerName, workerPrefix } from '../../src/lib/process/marker.ts';
import { workerOf } from '../helpers/survivors.ts';
import type { Fault } from './faults.ts';
import { breaches, type Breach, type Ledger, openKeys } from './ledger.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** What one round came to. */
export interface Round {
  fault: string;
  lines: number;
  tookMs: number;
  rssMib: number;
  descriptors: number;
  broken: Breach[];
}

const notesARound = 300;
const tasksARound = 4;
/** Resident memory that the daemon may have after a round. */
const mostRssMib = 400;
const mostDescriptors = 200;

/** Writes lines while something goes wrong, waits until all has ended, and compares what is there with what was sent. */
export async function playRound(
  scene: Scene,
  { fault, number, ledger, random }: { fault: Fault; number: number; ledger: Ledger; random: Random },
): Promise<Round> {
  const startedAt = performance.now();
  const paths = homePaths(scene.daemon.home);
  const keys = (kind: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${kind}-${number}-${index}-${random.below(1e9)}`);
  const notes = keys('note', notesARound);
  const tasks = keys('task', tasksARound);
  const write = async (key: string, kind: keyof typeof kinds): Promise<void> => {
    await until(`${key} is written`, () =>
      putEvent(paths, {
        ...kinds[kind],
        payload: { text: kind === 'note' ? key : `deed ${key}`, dedupKey: key },
      }).then(
        () => true,
        // Nobody reads between two lives; the writer of a cron job would come again too.
        () => false,
      ),
    );
    (kind === 'note' ? ledger.notes : ledger.tasks).add(key);
  };
  const writing = (async () => {
    for (const [index, key] of notes.entries()) {
      await write(key, 'note');
      const task =
        tasks[
          index % Math.ceil(notesARound / tasksARound) === 0
            ? index / Math.ceil(notesARound / tasksARound)
            : -1
        ];
      // Every other one is the owner's, whom an agent waits for that was started ahead.
      if (task !== undefined) await write(task, tasks.indexOf(task) % 2 === 0 ? 'task' : 'message');
    }
  })();
  await fault.inject(scene, random);
  await writing;
  const open = await untilAllEnded(scene, ledger);
  await until('no task runs', async () => (await scene.daemon.status()).tasks.running === 0);
  const { rssMib, descriptors } = usage(scene.daemon.child.pid as number);
  const broken = await breaches(scene.daemon, ledger);
  if (open.length > 0) broken.push(`${open.length} have no ending: ${open.slice(0, 5).join(', ')}`);
  const left = await leftOf(scene.daemon.home);
  if (left.length > 0) broken.push(`processes were left: ${left.join(', ')}`);
  if (rssMib > mostRssMib) broken.push(`the daemon has ${rssMib} MiB, more than ${mostRssMib}`);
  if (descriptors > mostDescriptors) broken.push(`the daemon has ${descriptors} descriptors`);
  for (const folder of ['spool', 'mcp', 'outcomes']) {
    const files = filesIn(join(scene.daemon.home, folder)).filter((name) => !name.startsWith('standby-'));
    if (files.length > 0) broken.push(`files were left in ${folder}: ${files.slice(0, 3).join(', ')}`);
  }
  return {
    fault: fault.name,
    lines: notes.length + tasks.length,
    tookMs: Math.round(performance.now() - startedAt),
    rssMib,
    descriptors,
    broken,
  };
}

const kinds = {
  note: { priority: 'LOW', source: 'cron:notes', category: 'note' },
  task: { priority: 'HIGH', source: 'cron:deeds', category: 'task' },
  message: { priority: 'HUMAN', source: 'cli', category: 'ask' },
} as const;

/** Who carries the mark of a task, or of an agent that was started ahead, except for the one that waits. */
async function leftOf(home: string): Promise<string[]> {
  const marked = await findMarked(taskMarkerName, workerPrefix(workerOf(home)));
  const newest = Math.max(...marked.map(attemptAhead));
  return marked
    .filter((one) => attemptAhead(one) !== newest || newest < 0)
    .map(({ command, value }) => `${command} (${value})`);
}

function attemptAhead({ value }: MarkedProcess): number {
  const [, taskId, attempt] = value.split(':');
  return Number(taskId) === standbyTaskId ? Number(attempt) : -1;
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The keys that have no ending within the limit: none, where all is well. */
async function untilAllEnded(scene: Scene, ledger: Ledger): Promise<string[]> {
  let open: string[] = [];
  await until('everything has ended', async () => {
    try {
      open = await openKeys(scene.daemon, ledger);
    } catch {
      // The daemon or its store may be away just now.
      return false;
    }
    return open.length === 0;
  }).catch(() => undefined);
  return open;
}

function usage(pid: number): { rssMib: number; descriptors: number } {
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return { rssMib: Math.round(Number(rss) / 1024), descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
