import type { BenchDaemon } from '../daemon.ts';
import { lineBytes } from '../lines.ts';
import { prepareWriters } from '../writers.ts';

export interface DaemonFlood {
  category: string;
  writers: number;
  lines: number;
}

/** A flood that is all written and all in the journal, on the disk. */
export interface AcceptedFlood {
  /** When the first writer began (`clockMs`). */
  startedAt: number;
  /** When the last line was read, checked, queued and on the disk. */
  acceptedAt: number;
  /** Resolves to when the last one is routed and in the table `events`. */
  recordedAt: Promise<number>;
}

/** Sends a flood into the daemon and resolves when all of it is accepted. Nothing else may write meanwhile. */
export async function flood(
  daemon: BenchDaemon,
  { category, writers, lines }: DaemonFlood,
): Promise<AcceptedFlood> {
  const ready = await prepareWriters({ fifo: daemon.fifo, category, writers, lines });
  const { journal } = await daemon.client.ask('status.get', {});
  const accepted = daemon.syncedAt(journal.endPosition + lines * lineBytes);
  const recorded = daemon.recordedAt(lines);
  recorded.catch(() => undefined);
  const [{ startedAt }, acceptedAt] = await Promise.all([ready.write(), accepted]);
  return { startedAt, acceptedAt, recordedAt: recorded };
}

/** Compares the rows of a flood with its lines: each number of each writer once, none twice. */
export async function checkFlood(daemon: BenchDaemon, category: string, lines: number): Promise<string[]> {
  const rows = await daemon.count(`SELECT count(*) FROM events WHERE category = '${category}'`);
  const distinct = await daemon.count(
    `SELECT count(*) FROM (SELECT split_part(payload, ' ', 1) FROM events WHERE category = '${category}' GROUP BY 1) AS line`,
  );
  if (rows === lines && distinct === lines) return [];
  return [`${category}: ${lines} lines were written, ${distinct} of them are recorded, in ${rows} rows`];
}
