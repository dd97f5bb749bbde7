import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, NinjadError } from '../errors.ts';

/** A lock on a file, held until `release` or the end of this process, however it ends. */
export interface LockHandle {
  readonly path: string;
  /** Gives the lock back. A second call does nothing. */
  release(): void;
}

/** Somebody else holds the lock. `pid` is what the holder wrote about itself, so it is for people only. */
export class LockHeldError extends NinjadError {
  readonly path: string;
  readonly pid: number | undefined;

  constructor(path: string, pid: number | undefined) {
    const who = pid === undefined ? '' : ` (pid ${pid})`;
    super('HOME_LOCKED', `another ninjad${who} already runs on this home: it holds ${path}`);
    this.path = path;
    this.pid = pid;
  }
}

export interface WaitForLockOptions {
  /** Longest time to go on trying, in milliseconds. */
  deadlineMs: number;
  signal?: AbortSignal;
}

const retryMs = 100;
const lockerTimeoutMs = 10_000;
const maxReopens = 10;

/**
 * Takes the lock on `path` (made with mode 0600 if missing) or throws `LockHeldError` at once.
 * It is flock(2) on an open file description that only this process keeps (Node opens close-on-exec), so the
 * kernel lets go of it at our death and children never inherit it. Blocks for the few milliseconds that the
 * locking program runs; throws `NinjadError` LOCK_UNAVAILABLE where neither flock nor perl can do it.
 */
export function acquireLock(path: string): LockHandle {
  for (let attempt = 0; attempt < maxReopens; attempt++) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
      if (!lockDescriptor(fd, path)) throw new LockHeldError(path, readHolder(path));
      if (!isStillAt(fd, path)) {
        closeSync(fd);
        continue;
      }
      describeHolder(fd);
    } catch (thrown) {
      closeSync(fd);
      throw thrown;
    }
    return handleOf(fd, path);
  }
  throw new NinjadError('LOCK_UNAVAILABLE', `the lock file ${path} is replaced again and again`);
}

/** As `acquireLock`, but tries again while a predecessor is dying; `LockHeldError` after `deadlineMs`, or the signal's reason. */
export async function waitForLock(path: string, options: WaitForLockOptions): Promise<LockHandle> {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return acquireLock(path);
    } catch (thrown) {
      const leftMs = deadline - performance.now();
      if (!(thrown instanceof LockHeldError) || leftMs <= 0) throw thrown;
      await pause(Math.min(retryMs, leftMs), options.signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    signal?.throwIfAborted();
  }
}

function handleOf(fd: number, path: string): LockHandle {
  let held = true;
  return {
    path,
    release() {
      if (!held) return;
      held = false;
      // The file stays: unlinking it would let two processes lock two different files of one name.
      ftruncateSync(fd, 0);
      closeSync(fd);
    },
  };
}

/** The programs that can flock an inherited descriptor 3. Each exits 0 with the lock, 1 when another holds it. */
const lockers: readonly (readonly [string, ...string[]])[] = [
  ['flock', '-n', '3'],
  [
    'perl',
    '-MFcntl=:flock',
    '-MErrno=EWOULDBLOCK',
    '-e',
    'if (open my $file, "+<&=3") { exit 0 if flock $file, LOCK_EX|LOCK_NB; exit 1 if $! == EWOULDBLOCK } print STDERR "$!\n"; exit 2',
  ],
];

function lockDescriptor(fd: number, path: string): boolean {
  const failures: string[] = [];
  for (const [program, ...args] of lockers) {
    const run = spawnSync(program, args, {
      stdio: ['ignore', 'ignore', 'pipe', fd],
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin` },
      timeout: lockerTimeoutMs,
      encoding: 'utf8',
    });
    if (run.status === 0) return true;
    if (run.status === 1) return false;
    failures.push(`${program}: ${run.error === undefined ? run.stderr.trim() : messageOf(run.error)}`);
  }
  throw new NinjadError(
    'LOCK_UNAVAILABLE',
    `cannot lock ${path}; flock (util-linux) or perl is needed: ${failures.join('; ')}`,
  );
}

/** False when the file was removed or replaced between opening and locking: then we locked a file nobody else will find. */
function isStillAt(fd: number, path: string): boolean {
  const ours = fstatSync(fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

/** For people; a full disk has no room for it, and holds the lock all the same. */
function describeHolder(fd: number): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `pid ${process.pid}\nstarted ${new Date(performance.timeOrigin).toISOString()}\n`, 0);
  } catch {
    // Whoever finds the lock held is told no pid.
  }
}

function readHolder(path: string): number | undefined {
  try {
    const pid = /^pid (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}
