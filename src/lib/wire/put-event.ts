import type { HomePaths } from '../config/paths.ts';
import { eventKey, markOfKey } from './event-key.ts';
import { formatLine, formatPayload, spoolReference } from './format-line.ts';
import type { PriorityName } from './priority.ts';
import { removeSpool, spoolThresholdBytes, writeSpool } from './spool.ts';
import { DaemonNotRunningError, writeLine } from './write-line.ts';

/** An event to put into the pipe. */
export interface NewEvent {
  priority: PriorityName;
  source: string;
  /** A date or epoch milliseconds; left out = the time of receipt. */
  timestamp?: Date | number;
  category: string;
  payload: string | Record<string, unknown>;
}

/**
 * Writes an event into the pipe, through the spool where its line is too long for one write. A newline goes before it, so
 * that what another writer has left unfinished ends there. A full pipe is tried for `deadlineMs` (10,000).
 * Rejects with `DaemonNotRunningError` when nobody reads; then nothing is left in the spool either.
 */
export async function putEvent(paths: HomePaths, event: NewEvent, deadlineMs?: number): Promise<void> {
  const line = formatLine(event);
  if (Buffer.byteLength(line) <= spoolThresholdBytes) {
    await writeLine(paths.fifo, `\n${line}`, deadlineMs);
    return;
  }
  const name = await spool(paths, event);
  try {
    const header = formatLine({ ...event, payload: '' }).slice(0, -1);
    await writeLine(paths.fifo, `\n${header}${spoolReference(name)}\n`, deadlineMs);
  } catch (thrown) {
    await removeSpool(paths.spool, name);
    throw thrown;
  }
}

async function spool(paths: HomePaths, { source, payload }: NewEvent): Promise<string> {
  const dedupKey = typeof payload === 'string' ? undefined : payload['dedupKey'];
  const mark = typeof dedupKey === 'string' ? markOfKey(eventKey(source, dedupKey)) : undefined;
  try {
    return await writeSpool(paths.spool, formatPayload(payload), mark);
  } catch (cause) {
    // A home without a spool has never seen a daemon.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new DaemonNotRunningError(paths.fifo, { cause });
    throw cause;
  }
}
