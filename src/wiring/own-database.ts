import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnEmbeddedServer } from '../../actors/database/embedded-server.ts';
import { createPool } from '../lib/store/pool.ts';
import type { OwnDatabase } from '../upkeep/backup/copy-database.ts';

const lockDeadlineMs = 5_000;

/** Starts an embedded database beside the daemon's, on a folder of its own; its socket lies in a folder with a short path. */
export async function openOwnDatabase(dataDir: string): Promise<OwnDatabase> {
  const socketDir = mkdtempSync(join(tmpdir(), 'ninjad-own-'));
  const server = spawnEmbeddedServer({ dataDir, socketDir, lockDeadlineMs });
  const store = createPool({ kind: 'embedded', socketDir }, { max: 1, statementTimeoutMs: 0 });
  const close = async (): Promise<void> => {
    await store.end();
    server.terminate();
    await server.exited;
    rmSync(socketDir, { recursive: true, force: true });
  };
  try {
    await server.listening;
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { store, close };
}
