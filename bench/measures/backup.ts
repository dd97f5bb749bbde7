import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packagePath } from '../../src/lib/package-root.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import { type BenchDaemon, startDaemon } from '../daemon.ts';
import type { Measured } from '../figure.ts';
import { own } from '../processes.ts';

/** Of one line; below `PIPE_BUF`, and of random bytes, since a database of one word is small. */
const payloadBytes = 3_000;
const linesOfTurn = 100;
const filledWithinMs = 10 * 60_000;
const restMs = 5;

/** Who waits for a backup of the embedded database: statements one after the other, before it and while it is made. */
export const backup: Measurement = {
  name: 'backup',
  title: 'a backup while it works',
  async run({ sizes, scratch }): Promise<Measured> {
    const home = join(scratch, 'backup');
    const to = join(scratch, 'backups');
    mkdirSync(to);
    const target = await startDaemon(home);
    const lines = Math.ceil((sizes.backupMb * 1e6) / payloadBytes);
    await fill(target, lines);
    const mb = (await target.count('SELECT pg_database_size(current_database())')) / 1e6;
    const before = await slowestWhile(target, () => delay(3_000));
    const beganAt = clockMs();
    let archive = '';
    const during = await slowestWhile(target, async () => void (archive = await create(home, to)));
    const tookMs = clockMs() - beganAt;
    const recorded = await target.count(`SELECT count(*) FROM events WHERE category = 'backup'`);
    await target.stop();
    return {
      figures: [
        { id: 'backup.size', what: 'database that is backed up', value: mb * 1e3, unit: 'kB' },
        {
          id: 'backup.took',
          what: 'backup of it',
          value: tookMs,
          unit: 'ms',
          note: `an archive of ${(statSync(archive).size / 1e6).toFixed(0)} MB`,
        },
        { id: 'backup.wait.before', what: 'slowest statement in 3 s before it', value: before, unit: 'ms' },
        {
          id: 'backup.wait',
          what: 'slowest statement while it is made',
          value: during,
          unit: 'ms',
          target: { sense: '<=', value: 200 },
        },
      ],
      wrong: recorded === lines ? [] : [`${lines} lines were written, ${recorded} are recorded`],
    };
  },
};

async function fill(target: BenchDaemon, lines: number): Promise<void> {
  const pipe = await open(target.fifo, 'w');
  try {
    for (let done = 0; done < lines; done += linesOfTurn)
      for (let index = done; index < Math.min(lines, done + linesOfTurn); index += 1) {
        const text = randomBytes((payloadBytes * 3) / 4).toString('base64');
        await pipe.write(`LOW|bench:backup||backup|${index} ${text}\n`);
      }
  } finally {
    await pipe.close();
  }
  const giveUpAt = clockMs() + filledWithinMs;
  while ((await target.count(`SELECT count(*) FROM events WHERE category = 'backup'`)) < lines) {
    if (clockMs() > giveUpAt) throw new Error(`${lines} lines were not recorded within ${filledWithinMs} ms`);
    await delay(200);
  }
}

/** The longest that a statement took while the work was done, in milliseconds. */
async function slowestWhile(target: BenchDaemon, work: () => Promise<void>): Promise<number> {
  const over = new AbortController();
  const done = work().finally(() => over.abort());
  let slowestMs = 0;
  while (!over.signal.aborted) {
    const beganAt = clockMs();
    await target.count('SELECT count(*) FROM goals');
    slowestMs = Math.max(slowestMs, clockMs() - beganAt);
    await delay(restMs);
  }
  await done;
  return slowestMs;
}

/** Resolves to the path of the archive. */
async function create(home: string, to: string): Promise<string> {
  const args = [packagePath('dist', 'src', 'main.js'), 'backup', 'create', to];
  const child = own(
    spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], HOME: home, NINJAD_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the backup ended with ${code}`);
  return said.trim().split('\n').at(-1) ?? '';
}
