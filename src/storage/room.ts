import type { Disk } from './measure.ts';

/** How the disk of the home is. */
export interface RoomState {
  /** `low`: less is free than `storage.minFreeBytes`, and what can wait waits. */
  state: 'well' | 'low' | 'unknown';
  freeBytes: number | null;
  limitBytes: number;
  /** What the home takes, backups left out; null until it was measured. */
  usedBytes: number | null;
  budgetBytes: number | null;
  /** Epoch milliseconds since when the state holds. */
  since: number;
}

/** Knows whether there is room for what can wait. */
export interface Room {
  state(): RoomState;
  /** True unless the disk is known to be nearly full. */
  mayWork(): boolean;
  /** A new look at the disk; resolves to whether the state has changed. */
  saw(disk: Disk, at: number): boolean;
  /** Is called when there is room again for what waits. */
  onRoom(listener: () => void): void;
  /** What the home was found to take. */
  measured(usedBytes: number, budgetBytes: number): void;
}

/** Room has to be back by so much more before work goes on, so that it does not start and stop by turns. */
const backShare = 1.2;

/** See `Room`; `limitBytes` is asked at each look. */
export function createRoom(limitBytes: () => number, now: () => number = Date.now): Room {
  let state: RoomState['state'] = 'unknown';
  let since = now();
  let freeBytes: number | null = null;
  let usedBytes: number | null = null;
  let budgetBytes: number | null = null;
  const listeners: (() => void)[] = [];
  return {
    onRoom: (listener) => void listeners.push(listener),
    state: () => ({ state, freeBytes, limitBytes: limitBytes(), usedBytes, budgetBytes, since }),
    mayWork: () => state !== 'low',
    saw(disk, at) {
      freeBytes = disk.freeBytes;
      const limit = limitBytes() * (state === 'low' ? backShare : 1);
      const next = disk.freeBytes < limit ? 'low' : 'well';
      const hasChanged = next !== state && !(state === 'unknown' && next === 'well');
      if (next !== state) since = at;
      const isBack = state === 'low' && next === 'well';
      state = next;
      if (isBack) for (const listener of listeners) listener();
      return hasChanged;
    },
    measured(used, budget) {
      usedBytes = used;
      budgetBytes = budget;
    },
  };
}
