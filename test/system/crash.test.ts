import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  databasePid,
  endDaemons,
  newHome,
  startDaemon,
  startWriters,
  type TestDaemon,
  until,
} from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
const closers: Array<() => void> = [];
afterEach(async () => {
  await endDaemons();
  for (const close of closers.splice(0)) close();
});

const writers = 8;
const linesOfEach = 400;

/** What one round writes: every fifth line is a note, whose memory shows whether it was handled twice. */
function round(number: number): string[][] {
  return Array.from({ length: writers }, (_, writer) =>
    Array.from({ length: linesOfEach }, (__, line) => {
      const category = line % 5 === 0 ? 'note' : 'metric';
      return `${['HIGH', 'NORMAL', 'LOW'][line % 3] ?? ''}|cron:w${writer}||${category}|${number}-${writer}-${line}`;
    }),
  );
}

async function expectEachOnce(daemon: TestDaemon, rounds: number): Promise<void> {
  const lines = rounds * writers * linesOfEach;
  const count = async (): Promise<number> => Number(await daemon.value('SELECT count(*) FROM events'));
  await until('all are recorded', async () => (await count()) >= lines, 300_000);
  await until('nothing waits', async () => (await daemon.status()).mailbox.depth === 0);
  expect(await daemon.rows('SELECT count(*), count(DISTINCT payload) FROM events')).toEqual([[lines, lines]]);
  const noted = await daemon.value(
    `SELECT sum(seen_count) FROM (SELECT seen_count FROM memory_inbox UNION ALL SELECT seen_count FROM memory_embeddings
       UNION ALL SELECT (note ->> 'seen_count')::int FROM memory_bundles, jsonb_array_elements(notes::jsonb) AS note) AS notes`,
  );
  expect(Number(noted)).toBe(lines / 5);
  expect(await daemon.value(`SELECT count(*) FROM events WHERE status <> 'done'`)).toBe(0);
  expect((await daemon.status()).counts.rejected).toBe(0);
}

describe('a crash', () => {
  // Eleven starts and 32,000 lines.
  it(
    'of the daemon, at ten random moments of a stream, loses nothing that was read and does nothing twice',
    { timeout: 900_000 },
    async () => {
      const home = await newHome();
      const fifo = join(home, 'events.fifo');
      execFileSync('mkfifo', ['-m', '600', fifo]);
      // The test holds the pipe, so that bytes that nobody has read outlive each daemon: every line has to arrive.
      const held = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
      closers.push(() => closeSync(held));
      const kills = 10;
      const written: Promise<void>[] = [];
      for (let number = 0; number < kills; number += 1) {
        const daemon = await startDaemon({ home });
        const before = (await daemon.status()).counts.accepted;
        written.push(startWriters(fifo, round(number)));
        await until('the stream flows', async () => (await daemon.status()).counts.accepted > before);
        await delay(Math.random() * 60);
        await daemon.kill('SIGKILL');
      }
      const daemon = await startDaemon({ home });
      await Promise.all(written);
      await expectEachOnce(daemon, kills);
      expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 });
    },
  );

  it('of the embedded database in the middle of a stream is an outage: nothing is lost or done twice', async () => {
    const daemon = await startDaemon();
    const kills = 3;
    for (let number = 0; number < kills; number += 1) {
      const pid = databasePid(daemon) as number;
      const done = (await daemon.status()).counts.done;
      const written = startWriters(daemon.fifo, round(number));
      await until('some are recorded', async () => (await daemon.status()).counts.done > done);
      process.kill(pid, 'SIGKILL');
      await written;
      await until('the database is back', async () => {
        const { database } = await daemon.status();
        const now = databasePid(daemon);
        return database.state === 'ready' && now !== undefined && now !== pid;
      });
    }
    await expectEachOnce(daemon, kills);
    expect((await daemon.status()).children.every(({ restarts }) => restarts === 0)).toBe(true);
  });

  it('leaves the daemon accepting and in order while the database is away for long', async () => {
    const daemon = await startDaemon();
    const pid = databasePid(daemon) as number;
    process.kill(pid, 'SIGSTOP');
    daemon.write(`${Array.from({ length: 20_000 }, (_, line) => `LOW|cron:a||metric|${line}`).join('\n')}\n`);
    await until('all are accepted', async () => (await daemon.status()).counts.accepted === 20_000);
    process.kill(pid, 'SIGKILL');
    await until(
      'all are recorded',
      async () => Number(await daemon.value('SELECT count(*) FROM events').catch(() => 0)) === 20_000,
    );
    const payloads = (
      await daemon.rows('SELECT array_agg(payload::int ORDER BY ctid) FROM events')
    )[0]?.[0] as number[];
    expect(payloads).toEqual(Array.from({ length: 20_000 }, (_, line) => line));
  });
});
