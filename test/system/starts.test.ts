import { closeSync, constants, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endDaemons, runNinjad, startDaemon, startWriters, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const line = (name: string) => `LOW|cron:${name}||note|${name}\n`;

it('lets writers come and go: the pipe has a reader always, and each of their lines is taken', async () => {
  const daemon = await startDaemon();
  const { ino } = statSync(daemon.fifo);
  const count = 200;
  // Without a reader this open would fail with ENXIO; a reader that had met the end of the pipe would be gone after the first writer.
  for (let at = 0; at < count; at += 1) {
    const fd = openSync(daemon.fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(fd, line(`w${at}`));
    closeSync(fd);
  }
  await until('all are taken', async () => (await daemon.status()).counts.accepted === count);
  expect(statSync(daemon.fifo).ino).toBe(ino);
});

it('is not done for by a flood of starts: what was written meanwhile is taken by the one that comes up', async () => {
  let daemon = await startDaemon();
  const { home, fifo } = daemon;
  const { ino } = statSync(fifo);
  // Starts beside it end at once and leave it alone.
  const beside = await Promise.all([1, 2, 3].map(() => runNinjad(home, ['up'])));
  expect(beside.map(({ code }) => code)).toEqual([1, 1, 1]);
  expect((await daemon.status()).ready).toBe(true);

  await daemon.kill('SIGKILL');
  // A writer without a reader waits in open(2), as `echo > events.fifo` does.
  const waiting = startWriters(fifo, [[line('waits').trim()]]);
  // More than a unit's StartLimitBurst, each killed as soon as it has the home.
  for (let start = 0; start < 10; start += 1) {
    daemon = await startDaemon({ home, dontWait: true });
    const pid = String(daemon.child.pid);
    await until('it has the home', () => readFileSync(join(home, 'lock'), 'utf8').includes(pid));
    await daemon.kill('SIGKILL');
  }
  daemon = await startDaemon({ home });
  await waiting;
  await until(
    'the line is recorded, once',
    async () => (await daemon.value(`SELECT count(*) FROM events WHERE source = 'cron:waits'`)) === 1,
  );
  expect(statSync(fifo).ino).toBe(ino);
});
