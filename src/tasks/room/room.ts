import type { AgentsMemory } from './agents-memory.ts';
import type { MachineLoad } from './machine-load.ts';

/** What is short, so that no further task is started. */
export type Shortage = 'memory' | 'cpu';

/** A task that runs, as far as room is concerned. */
export interface Occupant {
  taskId: number;
  attempt: number;
  isHuman: boolean;
  /** True until its agent has said anything: its start takes a core for about a second. */
  isStarting: boolean;
}

/** What the owner allows. */
export interface RoomSettings {
  /** How many tasks may run at once; null lets the machine decide. */
  lanes: number | null;
  /** Memory of all agents together, in MiB; null allows three quarters of what there is. */
  maxMemoryMib: number | null;
}

export const MIB = 1024 * 1024;
/** What a CLI takes once it stands ready; it is counted from its start on. */
export const startBytes = 180 * MIB;
/** What is left to the machine itself. */
const spareBytes = 128 * MIB;
const defaultShare = 0.75;
const leastLanes = 3;
const mostLanes = 16;
/** Processes a core that want to run: beyond it one agent starts after the other. */
const busyLoad = 4;

/** How many tasks may run at once: as many as the owner says, or one more than there are cores, as far as memory goes. */
export function lanesFor({ lanes, maxMemoryMib }: RoomSettings, machine: MachineLoad): number {
  if (lanes !== null) return lanes;
  const byMemory = Math.floor(maxBytesOf({ maxMemoryMib }, machine) / startBytes);
  return Math.max(2, Math.min(byMemory, mostLanes, Math.max(leastLanes, Math.floor(machine.cores) + 1)));
}

/** The bound of `tasks.maxMemory` in bytes. */
export function maxBytesOf(
  { maxMemoryMib }: Pick<RoomSettings, 'maxMemoryMib'>,
  { memoryBytes }: Pick<MachineLoad, 'memoryBytes'>,
): number {
  return maxMemoryMib === null ? memoryBytes * defaultShare : maxMemoryMib * MIB;
}

/** What the agents take, each at least what one needs that has just been started. */
export function usedBytes(occupants: readonly Occupant[], memory: AgentsMemory): number {
  return occupants.reduce((sum, { taskId }) => sum + Math.max(startBytes, memory.get(taskId) ?? 0), 0);
}

/**
 * True where one agent more would pass the bound, or take what the machine has left. With none running one always may: to
 * wait for nobody would be to wait for ever.
 */
export function lacksMemory(
  occupants: readonly Occupant[],
  memory: AgentsMemory,
  { maxBytes, availableBytes }: { maxBytes: number; availableBytes: number },
): boolean {
  if (occupants.length === 0) return false;
  const used = usedBytes(occupants, memory);
  const measured = occupants.reduce((sum, { taskId }) => sum + (memory.get(taskId) ?? 0), 0);
  return used + startBytes > maxBytes || availableBytes - (used - measured) - startBytes < spareBytes;
}

/** True where the running agents leave no room within the bound for one that only waits; a person's that starts may be about to take that one over. */
export function isCrowded(occupants: readonly Occupant[], memory: AgentsMemory, maxBytes: number): boolean {
  const others = occupants.filter(({ isHuman, isStarting }) => !isHuman || !isStarting);
  return usedBytes(others, memory) + startBytes > maxBytes;
}

/** True while so many agents are starting that one more would only slow them; a person's are not held up by this. */
export function lacksCpu(occupants: readonly Occupant[], { cores, load }: MachineLoad): boolean {
  const starting = occupants.filter(({ isStarting }) => isStarting).length;
  return starting >= (load > busyLoad * cores ? 1 : Math.max(1, Math.ceil(cores)));
}

/** The task to end where the bound stays passed: the largest, one of nobody who waits before a person's. */
export function largestOf(
  occupants: readonly Occupant[],
  memory: AgentsMemory,
): { taskId: number } | undefined {
  const order = [...occupants].sort(
    (one, other) =>
      Number(one.isHuman) - Number(other.isHuman) ||
      (memory.get(other.taskId) ?? 0) - (memory.get(one.taskId) ?? 0),
  );
  const found = order.find(({ taskId }) => (memory.get(taskId) ?? 0) > 0);
  return found === undefined ? undefined : { taskId: found.taskId };
}

/** What the owner is told when the bound is passed. */
export function passedWords(memory: AgentsMemory, maxBytes: number, largest: number | undefined): string {
  const used = [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
  const which =
    largest === undefined ? '' : ` That would be task ${largest} with ${gib(memory.get(largest) ?? 0)}.`;
  return `Running tasks take ${gib(used)} of memory, more than the ${gib(maxBytes)} of \`tasks.maxMemory\`: no other is started, and if it stays so the largest is ended.${which}`;
}

/** Bytes as people say them. */
export function gib(bytes: number): string {
  return bytes < 1024 * MIB ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / (1024 * MIB)).toFixed(1)} GiB`;
}
