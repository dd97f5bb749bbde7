import { currentRow, isRowOf, type ProcessIdentity } from './identity.ts';
import { isDead } from './process-row.ts';

export type SignalResult = 'sent' | 'gone' | 'not-permitted';

/**
 * Signals a process after comparing its identity at the last moment; another process under the same pid is `gone`.
 * Refuses init and ourselves, which is a mistake of the caller: throws RangeError.
 */
export function signalExactly(identity: ProcessIdentity, signal: NodeJS.Signals): SignalResult {
  if (identity.pid <= 1 || identity.pid === process.pid)
    throw new RangeError(`will not signal pid ${identity.pid}`);
  const row = currentRow(identity.pid);
  if (row === undefined || isDead(row) || !isRowOf(row, identity)) return 'gone';
  return sendSignal(identity.pid, signal);
}

/**
 * Signals a whole process group when `leader` still leads it and it is neither our own group nor init's;
 * otherwise does nothing and says `gone`. The leader may be a zombie: its group is still its own.
 */
export function signalGroupOf(leader: ProcessIdentity, signal: NodeJS.Signals): SignalResult {
  const row = currentRow(leader.pid);
  if (row === undefined || !isRowOf(row, leader) || row.pgid !== leader.pid || row.pgid <= 1) return 'gone';
  if (row.pgid === currentRow(process.pid)?.pgid) return 'gone';
  return sendSignal(-row.pgid, signal);
}

function sendSignal(target: number, signal: NodeJS.Signals): SignalResult {
  try {
    process.kill(target, signal);
    return 'sent';
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
    if ((thrown as NodeJS.ErrnoException).code === 'EPERM') return 'not-permitted';
    throw thrown;
  }
}
