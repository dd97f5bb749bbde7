import { bystandersOf } from './bystanders.ts';
import { commandLineOf } from './command-line.ts';
import { forksSinceBoot, identityOfRow, type ProcessIdentity } from './identity.ts';
import { isDead } from './process-row.ts';
import { scanProcesses } from './process-table.ts';

/** A live process that carries a marker in its environment. */
export interface MarkedProcess {
  identity: ProcessIdentity;
  /** Its arguments, at most 200 characters. */
  command: string;
  /** The marker's whole value. */
  value: string;
}

/**
 * Every live process that has the environment variable `name` with a value that begins with `valuePrefix`, except
 * ourselves and our ancestors: the remains of a daemon that crashed.
 */
export async function findMarked(name: string, valuePrefix: string): Promise<MarkedProcess[]> {
  const { table, marked } = await scanProcesses(name);
  const forks = forksSinceBoot();
  const { pids } = bystandersOf(table, process.pid);
  return [...marked].flatMap(([pid, value]) => {
    const row = table.get(pid);
    if (row === undefined || isDead(row) || pids.has(pid) || !value.startsWith(valuePrefix)) return [];
    return [{ identity: identityOfRow(row, forks), command: commandLineOf(pid), value }];
  });
}
