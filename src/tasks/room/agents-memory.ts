import { cgroupMembers } from '../../lib/process/cgroup.ts';
import { findMarked } from '../../lib/process/find-marked.ts';
import { standbyTaskId, taskMarkerName, workerPrefix } from '../../lib/process/marker.ts';
import { readProc } from '../../lib/process/read-proc.ts';

/** Bytes that each running task takes, by its id. */
export type AgentsMemory = ReadonlyMap<number, number>;

const pageBytes = 4096;

/** A task whose processes are to be measured. */
export interface MeasuredTask {
  taskId: number;
  /** The directories of its cgroups. */
  cgroups: readonly string[];
  /** The attempt in the mark of the agent that was started ahead and that it has claimed. */
  ahead: number | undefined;
}

/**
 * Measures the memory of these tasks and of all that they have started: pages of their own, without the program's file, which
 * all of them share. A process belongs to a task by its marker, by that of the agent that the task has claimed, or by being
 * in one of its cgroups.
 */
export async function measureAgents(worker: string, tasks: readonly MeasuredTask[]): Promise<AgentsMemory> {
  const prefix = workerPrefix(worker);
  const ahead = new Map(tasks.map(({ taskId, ahead }) => [ahead, taskId]));
  const owners = new Map<number, number | undefined>();
  for (const { identity, value } of await findMarked(taskMarkerName, prefix)) {
    const [taskId, attempt] = value.slice(prefix.length).split(':').map(Number);
    owners.set(identity.pid, taskId === standbyTaskId ? ahead.get(attempt) : taskId);
  }
  for (const { taskId, cgroups } of tasks)
    for (const pid of cgroups.flatMap(cgroupMembers)) owners.set(pid, taskId);
  const memory = new Map(tasks.map(({ taskId }) => [taskId, 0]));
  for (const [pid, taskId] of owners) {
    const known = taskId === undefined ? undefined : memory.get(taskId);
    if (taskId !== undefined && known !== undefined) memory.set(taskId, known + ownBytes(pid));
  }
  return memory;
}

/** Resident pages less those of files, by statm (proc_pid_statm(5)); 0 where the process is gone. */
function ownBytes(pid: number): number {
  const [, resident, shared] =
    readProc(`/proc/${pid}/statm`)?.toString('latin1').split(' ').map(Number) ?? [];
  const pages = (resident ?? 0) - (shared ?? 0);
  return Number.isFinite(pages) ? Math.max(0, pages) * pageBytes : 0;
}
