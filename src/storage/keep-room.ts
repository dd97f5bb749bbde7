import { HOUR, SECOND } from '../lib/time.ts';
import {
  budgetOf,
  countedBytes,
  type Disk,
  keptBytes,
  logReserveBytes,
  type MeasuredHome,
  measureParts,
  readDisk,
} from './measure.ts';
import type { Room } from './room.ts';
import { keepDay } from './rows.ts';
import { type Shrunk, shrinkStore } from './shrink.ts';
import { budgetProblem, roomProblem, type TellDeps, tellOfRoom } from './tell.ts';

export interface KeepRoomDeps extends TellDeps, MeasuredHome {
  room: Room;
  /** UUID of this home's journal. */
  worker: string;
  maxBytes: () => number | null;
  /** Whether rows may go by this reading of the clock. */
  mayPrune: (now: Date) => Promise<boolean>;
  /** Nothing is deleted or written anew while a backup copies the files. */
  isHeld: () => boolean;
  /** Default: the disk of the home. */
  disk?: () => Promise<Disk>;
  onChange: (problem: string | undefined) => void;
  report: (shrunk: Shrunk) => void;
}

const measureEveryMs = HOUR;
const firstMeasureMs = 20 * SECOND;

/** Looks at the disk each time, and at the whole home once an hour. */
export function createRoomKeeper(deps: KeepRoomDeps, startedAt: number) {
  const { room, home, disk = () => readDisk(home) } = deps;
  let measureAt = startedAt + firstMeasureMs;
  let told: string | undefined;
  let over: string | undefined;
  return async (now: Date, signal: AbortSignal): Promise<void> => {
    const found = await disk();
    if (room.saw(found, now.getTime())) deps.onChange(roomProblem(room.state()));
    if (now.getTime() >= measureAt && !deps.isHeld()) {
      measureAt = now.getTime() + measureEveryMs;
      over = await keepBudget(deps, found, now, signal);
    }
    const problem = roomProblem(room.state()) ?? over;
    // The figures in the text change all the time; the owner hears of the kind of trouble once.
    const kind = problem === undefined ? undefined : problem.slice(0, 12);
    if (kind === told) return;
    await tellOfRoom(deps, problem, now);
    told = kind;
  };
}

async function keepBudget(
  deps: KeepRoomDeps,
  found: Disk,
  now: Date,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { store, worker, room, maxBytes, mayPrune, report, disk = () => readDisk(deps.home) } = deps;
  const budgetBytes = budgetOf(maxBytes(), found);
  const measure = async (): Promise<number> => {
    const parts = await measureParts(store, deps);
    const counted = countedBytes(parts);
    room.measured(counted, budgetBytes);
    await keepDay(store, { worker, parts, now });
    return keptBytes(parts);
  };
  const kept = await measure();
  const keptBudget = budgetBytes - logReserveBytes;
  // The tables of a server take no room here.
  if (deps.databaseKind === 'server') return budgetProblem(kept - budgetBytes, budgetBytes);
  if (!(await mayPrune(now))) return undefined;
  const shrunk = await shrinkStore(store, {
    budgetBytes: keptBudget,
    measure,
    now,
    signal,
    mayRewrite: async (bytes) => (await disk()).freeBytes > 2 * bytes,
  });
  if (shrunk.deleted.size > 0 || shrunk.rewritten.length > 0) report(shrunk);
  return budgetProblem(shrunk.overBytes, budgetBytes);
}
