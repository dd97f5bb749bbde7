import { homePaths } from '../../src/lib/config/paths.ts';
import type { CheckResult } from '../../src/lib/doctor/check-result.ts';
import { storageChecks } from '../../src/storage/doctor.ts';
import type { RoomState } from '../../src/storage/room.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** What doctor says of a running daemon whose room is so. */
export async function checkStorageOf(room: Partial<RoomState>): Promise<CheckResult | undefined> {
  const storage: RoomState = {
    state: 'well',
    freeBytes: 1e9,
    limitBytes: 0,
    usedBytes: null,
    budgetBytes: null,
    since: 0,
    ...room,
  };
  return storageChecks['storage']?.({
    paths: homePaths(tempDir()),
    env: {},
    userHome: '/',
    daemon: { state: 'running', status: { storage } },
    settings: { problem: 'not read' },
  });
}
