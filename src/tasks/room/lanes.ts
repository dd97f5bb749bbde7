import type { LiveSettings } from '../../lib/config/live-settings.ts';
import type { TaskValues } from '../settings.ts';
import { createMachineWatch } from './machine-load.ts';
import { lanesFor, maxBytesOf, type RoomSettings } from './room.ts';

type Settings = Pick<LiveSettings<TaskValues>, 'get'>;

/** The machine as all of the daemon sees it. */
export const readMachine = createMachineWatch();

/** How many tasks may run at once now, by the settings and by what the machine has. */
export function lanesOf(settings: Settings): { lanes: number; reservedForHuman: number } {
  const lanes = lanesFor(roomSettings(settings), readMachine());
  return { lanes, reservedForHuman: Math.min(settings.get('lanes.reservedForHuman'), lanes - 1) };
}

/** The lanes that are open to everybody. */
export function openLanesOf(settings: Settings): number {
  const { lanes, reservedForHuman } = lanesOf(settings);
  return lanes - reservedForHuman;
}

/** The bound of what running agents may take, in bytes. */
export function maxMemoryOf(settings: Settings): number {
  return maxBytesOf(roomSettings(settings), readMachine());
}

function roomSettings(settings: Settings): RoomSettings {
  return { lanes: settings.get('lanes.total'), maxMemoryMib: settings.get('tasks.maxMemory') };
}
