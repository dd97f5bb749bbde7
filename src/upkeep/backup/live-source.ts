import { randomUUID } from 'node:crypto';
import type { HomePaths } from '../../lib/config/paths.ts';
import { NinjadError } from '../../lib/errors.ts';
import type { Ask } from '../../lib/operations/ask.ts';
import { SECOND } from '../../lib/time.ts';
import type { upkeepOperations } from '../operations.ts';
import { roomOfCluster } from './cold-source.ts';
import { BackupError } from './failure.ts';
import type { Source } from './source.ts';

const renewMs = 10 * SECOND;

/** A home whose daemon works on meanwhile. `made` tells it of the archive at the end, where it still runs. */
export function liveSource(
  ask: Ask<typeof upkeepOperations>,
  paths: HomePaths,
): Source & { made: (archive: string) => Promise<void> } {
  const token = randomUUID();
  let renewedAt = performance.now();
  let hasEnded = false;
  return {
    room: () => roomOfCluster(paths),
    begin: () => whileReady(ask('backup.begin', { token })),
    databaseCopied: async () => (await stillThere(ask('backup.copied', { token }))) ?? undefined,
    async breathe() {
      if (performance.now() - renewedAt < renewMs) return;
      renewedAt = performance.now();
      await stillThere(ask('backup.hold', { token }));
    },
    stillFilled: async (tables) =>
      tables.length === 0 ? [] : stillThere(ask('backup.filled', { tables: [...tables] })),
    async end() {
      if (hasEnded) return;
      hasEnded = true;
      const { wasHeld } = await stillThere(ask('backup.end', { token, archive: null }));
      // A daemon that was started anew knows of no hold, and may have deleted what was still to be read.
      if (!wasHeld) throw endedMeanwhile();
    },
    async made(archive) {
      await ask('backup.end', { token, archive }).catch((thrown: unknown) => {
        if (!isNotRunning(thrown)) throw thrown;
      });
    },
  };
}

/** That no daemon answers is another matter once the backup has begun. */
async function stillThere<T>(asked: Promise<T>): Promise<T> {
  try {
    return await whileReady(asked);
  } catch (thrown) {
    throw isNotRunning(thrown) ? endedMeanwhile(thrown) : thrown;
  }
}

/** A database may go while it is copied; it was there when the backup was asked for. */
async function whileReady<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    if (!(thrown instanceof NinjadError) || thrown.code !== 'STORE_AWAY') throw thrown;
    throw new BackupError(
      'failed',
      `the database went away while it was backed up (${thrown.message}): ninjad status says when it is ready; begin the backup again then`,
      { cause: thrown },
    );
  }
}

function isNotRunning(thrown: unknown): boolean {
  return thrown instanceof NinjadError && thrown.code === 'NOT_RUNNING';
}

function endedMeanwhile(cause?: unknown): BackupError {
  return new BackupError(
    'failed',
    'the daemon ended while it was backed up, and the copy is not to be trusted: begin the backup again',
    { cause },
  );
}
