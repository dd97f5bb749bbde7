import { readdirSync } from 'node:fs';
import { currentRow } from '../identity.ts';
import type { ProcessRow } from '../process-row.ts';
import { scanProcesses } from '../process-table.ts';
import { readProc } from '../read-proc.ts';

/**
 * The children of this process as rows, dead ones included. By the kernel's own list, which may miss one while others end
 * (proc_pid_task_children(5)); by a look at all processes where the kernel keeps none.
 */
export async function childRows(): Promise<ProcessRow[]> {
  const listed = listedChildren();
  if (listed === undefined) {
    const { table } = await scanProcesses();
    return [...table.values()].filter(({ ppid }) => ppid === process.pid);
  }
  return listed.flatMap((pid) => {
    const row = currentRow(pid);
    return row?.ppid === process.pid ? [row] : [];
  });
}

function listedChildren(): number[] | undefined {
  try {
    const lists = readdirSync('/proc/self/task').map((thread) =>
      readProc(`/proc/self/task/${thread}/children`)?.toString('latin1'),
    );
    if (lists.every((list) => list === undefined)) return undefined;
    return lists.flatMap((list) => (list ?? '').split(' ').filter(Boolean).map(Number));
  } catch {
    return undefined;
  }
}
