import { taskMarkerName, workerPrefix } from '../lib/process/marker.ts';
import { findMarked } from '../lib/process/find-marked.ts';
import { readProc } from '../lib/process/read-proc.ts';
import type { TaskProcess } from './task-view.ts';

const pageBytes = 4096;

/** The live processes of a task of this daemon (`worker`), by the marker in their environment. */
export async function taskProcesses(worker: string, taskId: number): Promise<TaskProcess[]> {
  const found = await findMarked(taskMarkerName, `${workerPrefix(worker)}${taskId}:`);
  return found.map(({ identity: { pid }, command }) => ({ pid, command, rssBytes: residentBytes(pid) }));
}

/** The second field of statm, in pages (proc_pid_statm(5)); null where there is no /proc or the process is gone. */
function residentBytes(pid: number): number | null {
  const pages = Number(readProc(`/proc/${pid}/statm`)?.toString('latin1').split(' ')[1]);
  return Number.isFinite(pages) ? pages * pageBytes : null;
}
