import { type TaskMark, taskMarker, taskMarkerName, workerPrefix } from '../lib/process/marker.ts';
import { findMarked } from '../lib/process/find-marked.ts';
import { readProc } from '../lib/process/read-proc.ts';
import type { TaskProcess } from './task-view.ts';

const pageBytes = 4096;

/**
 * The live processes of a task of this daemon (`worker`), by the marker in their environment; `ahead` is the mark of an agent
 * that was started before the task was known.
 */
export async function taskProcesses(
  worker: string,
  taskId: number,
  ahead?: TaskMark,
): Promise<TaskProcess[]> {
  const own = `${workerPrefix(worker)}${taskId}:`;
  const other = ahead === undefined ? undefined : taskMarker(ahead).value;
  const found = await findMarked(taskMarkerName, workerPrefix(worker));
  return found
    .filter(({ value }) => value.startsWith(own) || value === other)
    .map(({ identity: { pid }, command }) => ({ pid, command, rssBytes: residentBytes(pid) }));
}

/** The second field of statm, in pages (proc_pid_statm(5)); null where there is no /proc or the process is gone. */
function residentBytes(pid: number): number | null {
  const pages = Number(readProc(`/proc/${pid}/statm`)?.toString('latin1').split(' ')[1]);
  return Number.isFinite(pages) ? pages * pageBytes : null;
}
