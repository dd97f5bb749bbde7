import { cgroupMembers } from '../../lib/process/cgroup.ts';
import { findMarked } from '../../lib/process/find-marked.ts';
import { taskMarkerName, workerPrefix } from '../../lib/process/marker.ts';
import { readProc } from '../../lib/process/read-proc.ts';

/** Bytes that each running task takes, by its id. */
export type AgentsMemory = ReadonlyMap<number, number>;

const pageBytes = 4096;

/**
 * Measures the memory of running agents and of all that they have started: pages of their own, without the program's file,
 * which all of them share. A process belongs to a task by its marker, or by being in one of its cgroups.
 */
export async function measureAgents(
  worker: string,
  cgroups: readonly (readonly [taskId: number, dirs: readonly string[]])[] = [],
): Promise<AgentsMemory> {
  const tasks = new Map<number, number>();
  for (const { identity, value } of await findMarked(taskMarkerName, workerPrefix(worker)))
    tasks.set(identity.pid, Number(value.slice(workerPrefix(worker).length).split(':')[0]));
  for (const [taskId, dirs] of cgroups) for (const pid of dirs.flatMap(cgroupMembers)) tasks.set(pid, taskId);
  const memory = new Map<number, number>();
  for (const [pid, taskId] of tasks)
    if (Number.isFinite(taskId)) memory.set(taskId, (memory.get(taskId) ?? 0) + ownBytes(pid));
  return memory;
}

/** Resident pages less those of files, by statm (proc_pid_statm(5)); 0 where the process is gone. */
function ownBytes(pid: number): number {
  const [, resident, shared] =
    readProc(`/proc/${pid}/statm`)?.toString('latin1').split(' ').map(Number) ?? [];
  const pages = (resident ?? 0) - (shared ?? 0);
  return Number.isFinite(pages) ? Math.max(0, pages) * pageBytes : 0;
}
