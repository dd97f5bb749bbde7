import { randomUUID } from 'node:crypto';
import type { HomePaths } from '../../lib/config/paths.ts';
import type { Ask } from '../../lib/operations/ask.ts';
import { SECOND } from '../../lib/time.ts';
import type { upkeepOperations } from '../operations.ts';
import { roomOfCluster } from './cold-source.ts';
import type { Source } from './source.ts';

const renewMs = 10 * SECOND;

/** A home whose daemon works on meanwhile. `archive` is told at the end by `made`. */
export function liveSource(
  ask: Ask<typeof upkeepOperations>,
  paths: HomePaths,
): Source & { made: (archive: string) => Promise<void> } {
  const token = randomUUID();
  let renewedAt = performance.now();
  let hasEnded = false;
  return {
    room: () => roomOfCluster(paths),
    begin: () => ask('backup.begin', { token }),
    databaseCopied: async () => (await ask('backup.copied', { token })) ?? undefined,
    async breathe() {
      if (performance.now() - renewedAt < renewMs) return;
      renewedAt = performance.now();
      await ask('backup.hold', { token });
    },
    stillFilled: async (tables) => (tables.length === 0 ? [] : ask('backup.filled', { tables: [...tables] })),
    async end() {
      if (hasEnded) return;
      hasEnded = true;
      await ask('backup.end', { token, archive: null });
    },
    async made(archive) {
      await ask('backup.end', { token, archive });
    },
  };
}
