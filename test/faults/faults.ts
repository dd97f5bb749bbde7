import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { databasePid, startWriters, until } from '../helpers/daemon.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** Something that goes wrong while lines come in; it has healed when its promise resolves. */
export interface Fault {
  name: string;
  inject: (scene: Scene, random: Random) => Promise<void>;
  /** Why it cannot be injected here; undefined where it can. */
  missing?: (scene: Scene) => string | undefined;
  /** True where the times of rows say nothing, since the daemon's clock was another than ours. */
  movesClock?: boolean;
}

/** How long a fault lasts at most: long enough to be met, short enough for CI. */
const longestMs = 1_500;

const HOUR = 60 * 60;

/** All that may go wrong, by name. */
export const faults: readonly Fault[] = [
  { name: 'nothing', inject: () => Promise.resolve() },
  {
    name: 'the daemon is killed',
    async inject(scene) {
      await scene.daemon.kill('SIGKILL');
      await scene.startAgain();
    },
  },
  {
    name: 'the daemon stands still',
    async inject({ daemon }, random) {
      daemon.child.kill('SIGSTOP');
      await delay(random.below(longestMs));
      daemon.child.kill('SIGCONT');
    },
  },
  {
    name: 'the daemon is asked to stop and started again',
    async inject(scene) {
      await scene.daemon.kill('SIGTERM');
      await scene.startAgain();
    },
  },
  {
    name: 'the database process is killed',
    inject({ daemon }) {
      signal(databasePid(daemon), 'SIGKILL');
      return Promise.resolve();
    },
  },
  {
    name: 'the database process stands still',
    async inject({ daemon }, random) {
      const pid = databasePid(daemon);
      signal(pid, 'SIGSTOP');
      await delay(random.below(longestMs));
      signal(pid, 'SIGCONT');
    },
  },
  {
    name: 'processes below the daemon are killed, one after the other',
    async inject({ daemon }, random) {
      for (let time = 0; time < 5; time += 1) {
        const below = descendantsOf(daemon.child.pid);
        if (below.length > 0) signal(random.pick(below), 'SIGKILL');
        await delay(random.below(longestMs / 3));
      }
    },
  },
  {
    name: 'processes below the daemon stand still, one after the other',
    async inject({ daemon }, random) {
      for (let time = 0; time < 5; time += 1) {
        const below = descendantsOf(daemon.child.pid);
        const pid = below.length > 0 ? random.pick(below) : undefined;
        signal(pid, 'SIGSTOP');
        await delay(random.below(longestMs / 3));
        signal(pid, 'SIGCONT');
      }
    },
  },
  {
    name: 'bad lines by the thousand',
    inject: ({ daemon }, random) =>
      startWriters(daemon.fifo, [
        Array.from({ length: 20_000 }, () => 'y'.repeat(1 + random.below(200))),
        Array.from({ length: 2_000 }, (_, line) => `LOUD|cron:x||metric|${line}`),
      ]),
  },
  {
    name: 'huge lines',
    inject: ({ daemon }) =>
      startWriters(
        daemon.fifo,
        Array.from({ length: 2 }, () =>
          Array.from({ length: 20 }, () => `LOW|cron:big||metric|${'x'.repeat(900_000)}`),
        ),
      ),
  },
  ...(
    [
      ['is full', '53100'],
      ['has a deadlock', '40P01'],
      ['is read-only', '25006'],
      ['cancels statements', '57014'],
      ['is locked', '55P03'],
      ['fails over', '57P01'],
    ] as const
  ).map(([words, sqlstate]) => ({
    name: `the store ${words} (${sqlstate})`,
    inject: (scene: Scene, random: Random) =>
      withTrigger(scene, `RAISE EXCEPTION 'refused' USING ERRCODE = '${sqlstate}'`, random),
  })),
  {
    name: 'the store is slow',
    inject: (scene, random) => withTrigger(scene, 'PERFORM pg_sleep(0.3); RETURN NULL', random),
  },
  {
    name: 'the disk is full',
    missing: ({ hasOwnDisk }) => (hasOwnDisk ? undefined : 'a small file system takes root to mount'),
    async inject({ daemon }, random) {
      const filler = join(daemon.home, 'filler');
      fill(filler);
      await delay(500 + random.below(longestMs));
      rmSync(filler, { force: true });
    },
  },
  ...([-48 * HOUR, 48 * HOUR] as const).map((seconds) => ({
    name: `the clock jumps ${seconds < 0 ? 'back' : 'forward'} by two days and comes back`,
    movesClock: true,
    missing: () => (fakeTime() === undefined ? 'libfaketime is not installed' : undefined),
    inject: (scene: Scene, random: Random) => withClock(scene, seconds, random),
  })),
];

/** Lets a trigger run before each statement that writes events or tasks, for a while. */
async function withTrigger({ daemon }: Scene, statement: string, random: Random): Promise<void> {
  const triggers = ['events', 'tasks'].map(
    (table) =>
      `CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION fault();`,
  );
  await daemon.rows(
    `CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement}; END $$; ${triggers.join(' ')}`,
  );
  await delay(300 + random.below(longestMs));
  await until('the store takes writes again', () =>
    daemon.rows('DROP FUNCTION IF EXISTS fault CASCADE').then(
      () => true,
      () => false,
    ),
  );
}

/** A life whose clock is moved and set right again, followed by one with the clock of the machine. */
async function withClock(scene: Scene, seconds: number, random: Random): Promise<void> {
  const file = join(tmpdir(), `njd-clock-${process.pid}`);
  const set = (offset: number) => writeFileSync(file, `${offset < 0 ? '' : '+'}${offset}s\n`);
  set(0);
  await scene.daemon.kill('SIGTERM');
  await scene.startAgain({
    LD_PRELOAD: fakeTime() ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // What waits must not wait for two days.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  });
  set(seconds);
  await delay(1_500 + random.below(longestMs));
  set(0);
  await delay(1_000);
  await scene.daemon.kill('SIGTERM');
  rmSync(file, { force: true });
  await scene.startAgain();
}

/** Debian's library that moves the clock of a process. */
function fakeTime(): string | undefined {
  const root = '/usr/lib';
  return readdirSync(root)
    .map((dir) => join(root, dir, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}

function fill(path: string): void {
  const block = Buffer.alloc(1024 * 1024);
  const free = statfsSync(join(path, '..'));
  const blocks = Math.ceil((free.bavail * free.bsize) / block.length) + 1;
  try {
    for (let written = 0; written < blocks; written += 1) writeFileSync(path, block, { flag: 'a' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
  }
}

/** All processes below one, by their parents as /proc tells them. */
function descendantsOf(root: number | undefined): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(name);
    // The name of the program stands in brackets and may hold anything.
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== root && isBelow(pid)).sort((a, b) => a - b);
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

/** Signals a process, which may have ended since it was seen, or be between two lives. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
