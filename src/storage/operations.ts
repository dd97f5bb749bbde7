import { nothing } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { ownValue } from '../lib/own-value.ts';
import type { Store } from '../lib/store/store.ts';
import { budgetOf, countedBytes, type Disk, measureParts, type PartBytes } from './measure.ts';
import type { Room, RoomState } from './room.ts';
import { readPastDay } from './rows.ts';

/** Services that the operations of storage use. */
export interface StorageNeeds {
  store: Store;
  now: () => Date;
  databaseKind: 'embedded' | 'server';
  storage: {
    room: Room;
    home: string;
    worker: string;
    maxBytes: () => number | null;
    disk: () => Promise<Disk>;
  };
}

/** A part of the home with how it grows. */
export interface StoragePart extends PartBytes {
  /** Bytes a day since the oldest day that is known within thirty; null where none is. */
  perDay: number | null;
}

/** What `ninjad storage --json` prints. */
export interface StorageView {
  home: string;
  databaseKind: 'embedded' | 'server';
  /** What counts against the budget: all but backups. */
  usedBytes: number;
  budgetBytes: number;
  disk: Disk;
  room: Exclude<RoomState['state'], 'unknown'>;
  minFreeBytes: number;
  perDay: number | null;
  /** How many days of growth fit into the budget; null where it does not grow, or is not known yet. */
  daysLeft: number | null;
  parts: StoragePart[];
}

/** Operations of storage. */
export const storageOperations = {
  'storage.get': operation('GET /storage', nothing, viewStorage),
};

async function viewStorage({ store, now, databaseKind, storage }: StorageNeeds): Promise<StorageView> {
  const { room, home, worker, maxBytes } = storage;
  const disk = await storage.disk();
  const measured = await measureParts(store, { home, databaseKind });
  const past = await readPastDay(store, { worker, now: now() });
  const perDayOf = (name: string, bytes: number): number | null => {
    const before = past === undefined ? undefined : ownValue(past.bytes, name);
    return past === undefined || before === undefined ? null : Math.round((bytes - before) / past.daysAgo);
  };
  const parts = measured.map((part) => ({ ...part, perDay: perDayOf(part.name, part.bytes) }));
  const usedBytes = countedBytes(measured);
  const budgetBytes = budgetOf(maxBytes(), disk);
  const known = parts.filter(({ fate, perDay }) => fate !== 'apart' && perDay !== null);
  const perDay = known.length === 0 ? null : known.reduce((all, part) => all + (part.perDay ?? 0), 0);
  const { state, limitBytes } = room.state();
  // Nobody has looked yet in the first seconds of a daemon.
  const seen = disk.freeBytes < limitBytes ? 'low' : 'well';
  return {
    home,
    databaseKind,
    usedBytes,
    budgetBytes,
    disk,
    room: state === 'unknown' ? seen : state,
    minFreeBytes: limitBytes,
    perDay,
    daysLeft:
      perDay === null || perDay <= 0 ? null : Math.max(0, Math.floor((budgetBytes - usedBytes) / perDay)),
    parts,
  };
}
