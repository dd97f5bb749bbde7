import type { HomePaths } from '../config/paths.ts';
import { formatLine, formatPayload, spoolReference } from './format-line.ts';
import type { PriorityName } from './priority.ts';
import { removeSpool, spoolThresholdBytes, writeSpool } from './spool.ts';
import { DaemonNotRunningError, writeLine } from './write-line.ts';

/** An event to put into the pipe. */
export interface NewEvent {
  priority: PriorityName;
  source: string;
  category: string;
  payload: string | Record<string, unknown>;
}

/**
 * Writes an event into the pipe, through the spool where its line is too long for one write.
 * Rejects with `DaemonNotRunningError` when nobody reads; then nothing is left in the spool either.
 */
export async function putEvent(paths: HomePaths, event: NewEvent): Promise<void> {
  const line = formatLine(event);
  if (Buffer.byteLength(line) <= spoolThresholdBytes) {
    await writeLine(paths.fifo, line);
    return;
  }
  const name = await spool(paths, formatPayload(event.payload));
  try {
    const header = formatLine({ ...event, payload: '' }).slice(0, -1);
    await writeLine(paths.fifo, `${header}${spoolReference(name)}\n`);
  } catch (thrown) {
    await removeSpool(paths.spool, name);
    throw thrown;
  }
}

async function spool(paths: HomePaths, payload: string): Promise<string> {
  try {
    return await writeSpool(paths.spool, payload);
  } catch (cause) {
    // A home without a spool has never seen a daemon.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new DaemonNotRunningError(paths.fifo, { cause });
    throw cause;
  }
}
