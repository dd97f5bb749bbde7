import { type CheckResult, fail, ok, warn } from '../lib/doctor/check-result.ts';
import { type Checks, settingOf, type Subject } from '../lib/doctor/subject.ts';
import { readDisk } from './measure.ts';
import type { RoomState } from './room.ts';
import type { StorageValues } from './settings.ts';

type Examined = Subject<{ storage: RoomState }, StorageValues>;

const defaultMinFree = 1_000_000_000;

/** Checks of the room on the disk. */
export const storageChecks: Checks<Examined> = { storage: checkStorage };

/** Whether the disk of the home has room, and the home keeps its budget. */
async function checkStorage(subject: Examined): Promise<CheckResult> {
  const { paths, daemon } = subject;
  const disk = await readDisk(paths.home).catch(() => undefined);
  if (disk === undefined) return ok('no home yet');
  const room = daemon.state === 'running' ? daemon.status.storage : undefined;
  const limit = room?.limitBytes ?? settingOf(subject, 'storage.minFreeBytes', defaultMinFree);
  const free = `${megabytes(disk.freeBytes)} free`;
  if (room?.state === 'low' || disk.freeBytes < limit)
    return fail(
      free,
      `at least ${megabytes(limit)} (storage.minFreeBytes)`,
      'make room on the disk; until then only your own messages are worked on. ninjad storage says what takes how much',
    );
  if (room?.usedBytes == null || room.budgetBytes === null) return ok(free);
  const used = `${megabytes(room.usedBytes)} of ${megabytes(room.budgetBytes)} used, ${free}`;
  return room.usedBytes > room.budgetBytes
    ? warn(
        used,
        'a home within storage.maxBytes',
        'look at ninjad storage, and raise storage.maxBytes or forget memories',
      )
    : ok(used);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
