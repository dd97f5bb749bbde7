import type { ProcessTable } from './process-row.ts';

/** Processes that must never be signalled as part of a family, whatever they carry or descend from. */
export interface Bystanders {
  /** Ourselves, everybody above us, and init. */
  pids: ReadonlySet<number>;
  /** The sessions and groups that those belong to: their other members count one by one, never as a whole. */
  sessions: ReadonlySet<number>;
  groups: ReadonlySet<number>;
}

/** Finds the bystanders of process `self` in a table. */
export function bystandersOf(table: ProcessTable, self: number): Bystanders {
  const pids = new Set([0, 1]);
  const sessions = new Set([0]);
  const groups = new Set([0]);
  let row = table.get(self);
  pids.add(self);
  while (row !== undefined) {
    pids.add(row.pid);
    sessions.add(row.sid);
    groups.add(row.pgid);
    row = pids.has(row.ppid) ? undefined : table.get(row.ppid);
  }
  return { pids, sessions, groups };
}
