import { execFileSync } from 'node:child_process';
import { closeSync, constants, cpSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../src/lib/package-root.ts';
import { newHome, startDaemon, type TestDaemon } from '../helpers/daemon.ts';

/** The daemon under test, over all its lives. */
export interface Scene {
  /** The life that runs now. */
  daemon: TestDaemon;
  /** True where the home is a file system of its own, which can be filled. */
  hasOwnDisk: boolean;
  /** Begins a new life on the same home. */
  startAgain(env?: Record<string, string>): Promise<void>;
  /** To be called when the daemon has ended. */
  close(): void;
}

/** Room for the database, its log and the journal, and little more. */
const diskMib = 700;

/** Starts a daemon whose agent writes its deeds down. */
export async function startScene(): Promise<Scene> {
  const home = await newHome({
    'task.retryMinMs': 200,
    'task.killGraceMs': 500,
    // Each crash may cost an attempt, and a round may hold several.
    'task.maxAttempts': 20,
    'lanes.total': 2,
    // The disk is smaller than what a home wants free, and tasks would wait for room.
    'storage.minFreeBytes': 0,
  });
  const hasOwnDisk = mountDisk(home);
  const start = (env: Record<string, string> = {}) =>
    startDaemon({
      home,
      env: {
        NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'deeds.sh'),
        NINJAD_STANDBY: '1',
        ...env,
      },
    });
  const daemon = await start();
  // What stands in a pipe that nobody has open is gone, which is no fault of the daemon's: somebody always has it open here.
  const holder = openSync(daemon.fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const scene: Scene = {
    daemon,
    hasOwnDisk,
    async startAgain(env) {
      scene.daemon = await start(env);
    },
    close() {
      closeSync(holder);
      if (hasOwnDisk) execFileSync('umount', ['--lazy', home]);
    },
  };
  return scene;
}

/** Puts a home onto a small file system in memory; false where that takes rights that we have not. */
function mountDisk(home: string): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'njd-disk-'));
  try {
    cpSync(home, copy, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMib}m,mode=700`, 'tmpfs', home], {
      stdio: 'ignore',
    });
    cpSync(copy, home, { recursive: true });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
