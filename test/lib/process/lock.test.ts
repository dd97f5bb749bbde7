import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { identityOf, isAlive } from '../../../src/lib/process/identity.ts';
import { acquireLock, LockHeldError, type LockHandle, waitForLock } from '../../../src/lib/process/lock.ts';
import { signalExactly } from '../../../src/lib/process/signal-exactly.ts';

let folder: string;
let lockPath: string;
const originalPath = process.env['PATH'];
const locks: LockHandle[] = [];
const holders: { child: ChildProcess; sleeperPid: number }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
  lockPath = join(folder, 'lock');
});

afterEach(() => {
  process.env['PATH'] = originalPath;
  for (const lock of locks.splice(0)) lock.release();
  for (const { child, sleeperPid } of holders.splice(0)) {
    child.kill('SIGKILL');
    const sleeper = identityOf(sleeperPid);
    if (sleeper !== undefined) signalExactly(sleeper, 'SIGKILL');
  }
  rmSync(folder, { recursive: true });
});

function acquire(): LockHandle {
  const lock = acquireLock(lockPath);
  locks.push(lock);
  return lock;
}

/** `canWrite`: false for one whose disk takes no byte more. */
async function startHolder({ canWrite = true } = {}) {
  const { command, args } = childEntry(import.meta.url, '../../fixtures/process/lock-holder.ts');
  const line = [command, ...args, lockPath];
  const full = ['-c', `trap '' XFSZ; ulimit -f 0; exec "$@"`, 'sh', ...line];
  const child = spawn(canWrite ? command : 'sh', canWrite ? line.slice(1) : full, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  const holder = { child, pid: child.pid ?? 0, sleeperPid: Number(chunk.toString()) };
  holders.push(holder);
  return holder;
}

function shadowPrograms(...names: string[]): void {
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\necho broken >&2\nexit 69\n');
    chmodSync(join(folder, name), 0o700);
  }
  process.env['PATH'] = `${folder}:${originalPath}`;
}

describe('lock', () => {
  it('refuses a second holder and names the first, until it is released', async () => {
    const { child, pid } = await startHolder();
    expect(acquire).toThrow(
      expect.objectContaining({
        name: 'LockHeldError',
        code: 'HOME_LOCKED',
        pid,
        message: `another ninjad (pid ${pid}) already runs on this home: it holds ${lockPath}`,
      }),
    );
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(readFileSync(acquire().path, 'utf8')).toMatch(new RegExp(`^pid ${process.pid}\nstarted \\d{4}-`));
  });

  it('is taken though the disk is full, and then names nobody', async () => {
    await startHolder({ canWrite: false });
    expect(acquire).toThrow(expect.objectContaining({ code: 'HOME_LOCKED', pid: undefined }) as Error);
    expect(readFileSync(lockPath, 'utf8')).toBe('');
  });

  it('excludes within one process too, and a second release does not free a later holder', () => {
    const first = acquire();
    expect(acquire).toThrow(LockHeldError);
    first.release();
    acquire();
    first.release();
    expect(acquire).toThrow(LockHeldError);
  });

  it('makes the file readable by its owner only, and leaves it in place when released', () => {
    acquire().release();
    expect(statSync(lockPath).mode & 0o777).toBe(0o600);
    expect(readFileSync(lockPath, 'utf8')).toBe('');
  });

  it('is free as soon as its holder was SIGKILLed, although a child of the holder lives on', async () => {
    const { child, sleeperPid } = await startHolder();
    const sleeper = identityOf(sleeperPid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    acquire();
    expect(sleeper !== undefined && isAlive(sleeper)).toBe(true);
  });

  it('locks different files independently', () => {
    acquire();
    const other = acquireLock(join(folder, 'other'));
    locks.push(other);
    expect(existsSync(other.path)).toBe(true);
  });

  it('does not follow a symbolic link', () => {
    symlinkSync(join(folder, 'elsewhere'), lockPath);
    expect(acquire).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  it('uses perl where flock does not work, with the same exclusion', async () => {
    shadowPrograms('flock');
    const { child } = await startHolder();
    expect(acquire).toThrow(LockHeldError);
    child.kill('SIGKILL');
    await once(child, 'exit');
    acquire();
    expect(acquire).toThrow(LockHeldError);
  });

  it('says what is needed where neither works', () => {
    shadowPrograms('flock', 'perl');
    expect(acquire).toThrow(
      expect.objectContaining({
        code: 'LOCK_UNAVAILABLE',
        message: `cannot lock ${lockPath}; flock (util-linux) or perl is needed: flock: broken; perl: broken`,
      }),
    );
  });
});

describe('waiting for a lock', () => {
  it('takes it when the dying predecessor is gone', async () => {
    const { child } = await startHolder();
    const waiting = waitForLock(lockPath, { deadlineMs: 30_000 });
    child.kill('SIGKILL');
    locks.push(await waiting);
    expect(acquire).toThrow(LockHeldError);
  });

  it('gives up at the deadline and names the holder', async () => {
    const { pid } = await startHolder();
    await expect(waitForLock(lockPath, { deadlineMs: 250 })).rejects.toMatchObject({
      code: 'HOME_LOCKED',
      pid,
    });
  });

  it('gives up at once when told to, with the reason it was given', async () => {
    await startHolder();
    const abort = new AbortController();
    const waiting = waitForLock(lockPath, { deadlineMs: 30_000, signal: abort.signal });
    abort.abort(new Error('never mind'));
    await expect(waiting).rejects.toThrow('never mind');
  });
});
