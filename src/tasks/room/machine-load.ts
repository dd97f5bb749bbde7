import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { cgroupDirectory, cgroupMounts, ownCgroupPath } from '../../lib/process/containment/cgroup-mounts.ts';

/** What the machine has, and what of it is free now; where a cgroup allows us less, that. */
export interface MachineLoad {
  /** CPUs, a quota counted as its share; at least 1. */
  cores: number;
  /** Processes that ran or wanted to, over the last minute. */
  load: number;
  memoryBytes: number;
  availableBytes: number;
}

/** Reads a file of the kernel; undefined where there is none. */
export type ReadKernel = (path: string) => string | undefined;

interface Limits {
  cores: number;
  memoryBytes: number;
  availableBytes: number;
}

const watchMs = 250;
const unlimited: Limits = { cores: Infinity, memoryBytes: Infinity, availableBytes: Infinity };

/** See `MachineLoad`. Costs some reads of /proc and of the cgroups above us. */
export function readMachineLoad(read: ReadKernel = readKernel): MachineLoad {
  const meminfo = read('/proc/meminfo') ?? '';
  const limits = cgroupDirs(read).map((dir) => limitsOf(dir, read));
  const tightest = (name: keyof Limits): number => Math.min(...limits.map((each) => each[name]), Infinity);
  return {
    cores: Math.max(1, Math.min(availableParallelism(), tightest('cores'))),
    load: loadavg()[0] ?? 0,
    memoryBytes: Math.min(kibOf(meminfo, 'MemTotal') ?? totalmem(), tightest('memoryBytes')),
    availableBytes: Math.min(kibOf(meminfo, 'MemAvailable') ?? freemem(), tightest('availableBytes')),
  };
}

/** The same, read anew after a quarter of a second at the soonest. */
export function createMachineWatch(now: () => number = () => performance.now()): () => MachineLoad {
  let last: { at: number; load: MachineLoad } | undefined;
  return () => {
    const at = now();
    if (last === undefined || at - last.at >= watchMs) last = { at, load: readMachineLoad() };
    return last.load;
  };
}

/** Our cgroup (version 2) and those above it: the limit of each holds. */
function cgroupDirs(read: ReadKernel): string[] {
  const mounts = cgroupMounts(read('/proc/self/mountinfo') ?? '');
  const path = ownCgroupPath(read('/proc/self/cgroup') ?? '');
  const own = path === undefined ? undefined : cgroupDirectory(path, mounts);
  if (own === undefined) return [];
  const dirs = [own];
  const tops = new Set(mounts.map(({ point }) => point));
  for (let dir = own; !tops.has(dir) && dir !== dirname(dir);) dirs.push((dir = dirname(dir)));
  return dirs;
}

function limitsOf(dir: string, read: ReadKernel): Limits {
  const [quota, period] = (read(join(dir, 'cpu.max')) ?? 'max').trim().split(' ').map(Number);
  const cores = quota !== undefined && period !== undefined && quota > 0 ? quota / period : Infinity;
  const memoryBytes = Number((read(join(dir, 'memory.max')) ?? 'max').trim());
  if (!Number.isFinite(memoryBytes)) return { ...unlimited, cores };
  const used = Number(read(join(dir, 'memory.current')) ?? 0);
  // What the kernel gives back when it is needed.
  const cached = Number(/^inactive_file (\d+)$/m.exec(read(join(dir, 'memory.stat')) ?? '')?.[1] ?? 0);
  return { cores, memoryBytes, availableBytes: Math.max(0, memoryBytes - used + cached) };
}

function kibOf(meminfo: string, name: string): number | undefined {
  const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

function readKernel(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
