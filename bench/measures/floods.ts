import { setTimeout as delay } from 'node:timers/promises';
import { clockMs } from '../clock.ts';
import type { BenchDaemon } from '../daemon.ts';
import { lineBytes } from '../lines.ts';
import { prepareWriters } from '../writers.ts';

export interface DaemonFlood {
  category: string;
  writers: number;
  lines: number;
}

/** What became of a flood; rates are lines a second from the instant the first writer began. */
export interface FloodResult {
  /** Read, checked, queued and on the disk (fdatasync). */
  acceptedRate: number;
  /** Accepted, routed and in the table `events`. */
  recordedRate: number;
  /** Sentences about lines that are missing or there twice. */
  wrong: string[];
}

const pollMs = 5;
const withinMs = 300_000;

/** Sends a flood into the daemon and resolves when all of it is recorded. */
export async function flood(daemon: BenchDaemon, { category, writers, lines }: DaemonFlood): Promise<FloodResult> {
  const ready = await prepareWriters({ fifo: daemon.fifo, category, writers, lines });
  const { journal, counts } = await daemon.client.status();
  const end = journal.endPosition + lines * lineBytes;
  const writing = ready.write();
  const acceptedAt = await until(daemon, ({ journal: { syncedPosition } }) => syncedPosition >= end);
  const { startedAt } = await writing;
  const recordedAt = await until(daemon, ({ counts: { done } }) => done >= counts.done + lines, 50);
  return {
    acceptedRate: (lines / (acceptedAt - startedAt)) * 1000,
    recordedRate: (lines / (recordedAt - startedAt)) * 1000,
    wrong: await checkFlood(daemon, category, lines),
  };
}

type DaemonStatus = Awaited<ReturnType<BenchDaemon['client']['status']>>;

/** When something held first, to the length of a poll and always on the late side. */
export async function until(daemon: BenchDaemon, holds: (status: DaemonStatus) => boolean, everyMs = pollMs): Promise<number> {
  const giveUpAt = clockMs() + withinMs;
  while (!holds(await daemon.client.status())) {
    if (clockMs() > giveUpAt) throw new Error(`the daemon was not done within ${withinMs} ms`);
    await delay(everyMs);
  }
  return clockMs();
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
