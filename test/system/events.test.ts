import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  databasePid,
  endDaemons,
  newHome,
  runNinjad,
  startDaemon,
  startWriters,
  until,
} from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const recorded = `SELECT count(*) FROM events WHERE category = 'metric'`;

describe('the pipe', () => {
  it('takes 10,000 lines from 8 writers at once and handles each exactly once', async () => {
    const daemon = await startDaemon();
    const lines = Array.from({ length: 8 }, (_, writer) =>
      Array.from(
        { length: 1_250 },
        (_, line) => `${['LOW', 'NORMAL', 'HIGH'][line % 3] ?? ''}|cron:w${writer}||metric|${writer}-${line}`,
      ),
    );
    await startWriters(daemon.fifo, lines);
    await until('all are recorded', async () => Number(await daemon.value(recorded)) >= 10_000);
    expect(
      await daemon.rows(`SELECT count(*), count(DISTINCT payload), count(DISTINCT id) FROM events`),
    ).toEqual([[10_000, 10_000, 10_000]]);
    expect(await daemon.rows(`SELECT status, route, rule, count(*) FROM events GROUP BY 1, 2, 3`)).toEqual([
      ['done', 'reflex:record', 'otherwise', 10_000],
    ]);
    expect((await daemon.status()).counts).toMatchObject({ accepted: 10_000, rejected: 0, done: 10_000 });
    expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('hands urgent events on before those that came earlier, and keeps the order within a priority', async () => {
    const daemon = await startDaemon({ config: { 'store.batchSize': 50 } });
    const pid = databasePid(daemon) as number;
    process.kill(pid, 'SIGSTOP');
    const of = (priority: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${priority}|cron:a||metric|${priority} ${index}`);
    daemon.write(`${[...of('IDLE', 300), ...of('LOW', 300), ...of('HIGH', 300)].join('\n')}\n`);
    process.kill(pid, 'SIGCONT');
    await until('all are recorded', async () => Number(await daemon.value(recorded)) === 900);
    const order = (await daemon.rows(`SELECT payload FROM events ORDER BY ctid`)).map(([payload]) =>
      String(payload),
    );
    // Up to two batches were under way before the more urgent ones came.
    const late = order.slice(100);
    for (const priority of ['HIGH', 'LOW', 'IDLE']) {
      const numbers = order
        .filter((text) => text.startsWith(priority))
        .map((text) => Number(text.split(' ')[1]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    const ranks = late.map((text) => ['HIGH', 'LOW', 'IDLE'].indexOf(text.split(' ')[0] ?? ''));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('answers the owner while a backlog waits', async () => {
    const daemon = await startDaemon();
    const lines = Array.from(
      { length: 60_000 },
      (_, index) => `LOW|cron:flood||metric|${index} ${'x'.repeat(60)}`,
    );
    await startWriters(daemon.fifo, [lines.slice(0, 30_000), lines.slice(30_000)]);
    await until('a backlog waits', async () => (await daemon.status()).counts.accepted === 60_000);
    const { depth } = (await daemon.status()).mailbox;
    const asked = await daemon.ninjad('ask', '/status');
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    const [row] = await daemon.rows(
      `SELECT (SELECT count(*) FROM events e WHERE e.ctid > human.ctid), status FROM events AS human WHERE priority = 0`,
    );
    // It came last and was recorded before most of what had waited.
    expect(depth).toBeGreaterThan(1_000);
    await until('the backlog is done', async () => Number(await daemon.value(recorded)) === 60_000, 60_000);
    const [after] = await daemon.rows(
      `SELECT (SELECT count(*) FROM events e WHERE e.ctid > human.ctid), status FROM events AS human WHERE priority = 0`,
    );
    expect(row?.[1]).toBe('done');
    expect(Number(after?.[0])).toBeGreaterThan(depth / 2);
  });

  it('refuses each kind of bad line with its reason, and the next line is unharmed', async () => {
    const daemon = await startDaemon();
    const bad: [string | Buffer, string][] = [
      ['no fields at all', 'fields-missing'],
      ['SOON|a||b|c', 'unknown-priority'],
      ['LOW|not a source||b|c', 'bad-source'],
      ['LOW|a|yesterday|b|c', 'bad-timestamp'],
      ['LOW|a||no/category|c', 'bad-category'],
      ['LOW|a||b|@spool:../../etc/passwd', 'bad-spool-name'],
      [Buffer.concat([Buffer.from('LOW|a||b|'), Buffer.from([0xff, 0xfe, 0x80])]), 'bad-utf8'],
      [`LOW|a||b|${'x'.repeat(1024 * 1024)}`, 'too-long'],
      [
        Buffer.from(
          Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 256).filter((byte) => byte !== 10),
        ),
        '',
      ],
    ];
    for (const [index, [line]] of bad.entries()) {
      daemon.write(Buffer.concat([Buffer.from(line), Buffer.from(`\nLOW|a||metric|good ${index}\n`)]));
    }
    await until(
      'the good ones are recorded',
      async () => Number(await daemon.value(recorded)) === bad.length,
    );
    expect((await daemon.status()).counts).toMatchObject({ accepted: bad.length, rejected: bad.length });
    for (const [, reason] of bad) expect(daemon.log()).toContain(`"reason":"${reason}`);
  });

  it('takes a payload of almost a megabyte on the pipe, and a larger one through the spool', async () => {
    const daemon = await startDaemon();
    const large = 'y'.repeat(1024 * 1024 - 20);
    daemon.write(`LOW|a||metric|${large}\n`);
    const file = join(daemon.home, 'large.txt');
    writeFileSync(file, 'z'.repeat(3 * 1024 * 1024));
    const sent = spawnSync(
      'sh',
      [
        '-c',
        `"$0" "$1" send --wait -c metric - < "$2"`,
        process.execPath,
        join(process.cwd(), 'dist/src/main.js'),
        file,
      ],
      {
        env: { ...process.env, NINJAD_HOME: daemon.home },
        encoding: 'utf8',
      },
    );
    expect(sent.stderr).toBe('');
    expect(sent.status).toBe(0);
    await until('both are recorded', async () => Number(await daemon.value(recorded)) === 2);
    expect(
      (await daemon.rows(`SELECT length(payload) FROM events ORDER BY 1`)).map(([length]) => Number(length)),
    ).toEqual([large.length, expect.toSatisfy((length: number) => length >= 3 * 1024 * 1024)]);
    await until('the spool is empty', () => readdirSync(join(daemon.home, 'spool')).length === 0);
  });

  it('makes the pipe anew when it is removed, and moves aside what took its place', async () => {
    const daemon = await startDaemon();
    unlinkSync(daemon.fifo);
    await until('there is a pipe again', () => existsSync(daemon.fifo) && statSync(daemon.fifo).isFIFO());
    daemon.write('LOW|a||metric|after the removal\n');
    await until('it is recorded', async () => Number(await daemon.value(recorded)) === 1);

    renameSync(daemon.fifo, `${daemon.fifo}.old`);
    writeFileSync(daemon.fifo, 'LOW|a||metric|written by echo into a regular file\n');
    await until(
      'there is a pipe again',
      () => statSync(daemon.fifo, { throwIfNoEntry: false })?.isFIFO() === true,
    );
    rmSync(`${daemon.fifo}.old`);
    daemon.write('LOW|a||metric|after the replacement\n');
    await until('it is recorded', async () => Number(await daemon.value(recorded)) === 2);
    expect(readdirSync(daemon.home).filter((name) => name.startsWith('events.fifo.found-'))).toHaveLength(1);
    expect(statSync(daemon.fifo).mode & 0o777).toBe(0o600);
  });

  it('refuses to start where a regular file stands in the place of the pipe', async () => {
    const daemon = await startDaemon();
    await daemon.kill('SIGTERM');
    rmSync(daemon.fifo);
    writeFileSync(daemon.fifo, '');
    const refused = await runNinjad(daemon.home, ['up']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('should be a named pipe but is a regular file');
  });

  it('refuses a second daemon on the same home and names the first', async () => {
    const daemon = await startDaemon();
    const second = await daemon.ninjad('up');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`pid ${String(daemon.child.pid)}`);
    expect((await daemon.status()).ready).toBe(true);
  });

  it('handles a line with the deduplication key of an earlier one only once', async () => {
    const daemon = await startDaemon();
    const line = (text: string): string => `LOW|cron:a||note|${JSON.stringify({ text, dedupKey: 'same' })}\n`;
    daemon.write(line('first') + line('second'));
    await until('both ended', async () => (await daemon.status()).counts.dropped === 1);
    daemon.write(line('third'));
    await until('the third too', async () => (await daemon.status()).counts.dropped === 2);
    expect(await daemon.rows('SELECT content FROM memory_embeddings')).toEqual([['first']]);
    expect(await daemon.rows('SELECT status, count(*) FROM events GROUP BY 1 ORDER BY 1')).toEqual([
      ['done', 1],
      ['dropped', 2],
    ]);
  });

  it('keeps of a coalesced category only the latest event of each source, and accounts for the others', async () => {
    const daemon = await startDaemon();
    const pid = databasePid(daemon) as number;
    process.kill(pid, 'SIGSTOP');
    daemon.write('LOW|cron:x||metric|occupies the store\n');
    const beats = Array.from({ length: 5_000 }, (_, index) => `LOW|fleet:${index % 2}||heartbeat|${index}`);
    daemon.write(`${beats.join('\n')}\n`);
    process.kill(pid, 'SIGCONT');
    await until(
      'all are accounted for',
      async () => Number(await daemon.value('SELECT count(*) FROM events')) === 5_001,
    );
    const [row] = await daemon.rows(
      `SELECT count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE rule = 'coalesced' AND status = 'dropped'),
              max(payload::int) FILTER (WHERE status = 'done') FROM events WHERE category = 'heartbeat'`,
    );
    expect(Number(row?.[0]) + Number(row?.[1])).toBe(5_000);
    expect(Number(row?.[1])).toBeGreaterThan(1_000);
    expect(row?.[2]).toBe(4_999);
  });

  it('stops taking events while the disk is full, says so, and goes on when there is room again', async (context) => {
    const home = await newHome();
    const journal = join(home, 'journal');
    mkdirSync(journal, { mode: 0o700 });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'none', journal]);
    if (mounted.status !== 0) context.skip('a full disk needs the right to mount a small one');
    try {
      const daemon = await startDaemon({ home });
      const filler = join(journal, 'filler');
      const { bsize, bavail } = statfsSync(journal);
      writeFileSync(filler, Buffer.alloc((bavail - 8) * bsize));
      const lines = Array.from(
        { length: 2_000 },
        (_, line) => `LOW|cron:a||metric|${line} ${'x'.repeat(100)}`,
      );
      const written = startWriters(daemon.fifo, [lines]);
      const reader = async (): Promise<unknown> =>
        (await daemon.status()).children.find(({ id }) => id === 'fifo-reader');
      await until('it says that it is stuck', async () => JSON.stringify(await reader()).includes('"stuck"'));
      expect(daemon.log()).toContain('no events are taken at the moment');
      expect(daemon.log()).toContain('ENOSPC');
      rmSync(filler);
      await written;
      await until('all are recorded', async () => Number(await daemon.value(recorded)) === lines.length);
      expect(await daemon.rows('SELECT count(DISTINCT payload) FROM events')).toEqual([[lines.length]]);
      expect(JSON.stringify(await reader())).toContain('flowing');
      await daemon.kill('SIGTERM');
    } finally {
      await endDaemons({ keepHomes: true });
      spawnSync('umount', ['-l', journal]);
    }
  });
});
