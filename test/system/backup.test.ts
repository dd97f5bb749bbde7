import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exemptEntries, leftOut } from '../../src/upkeep/backup/contents.ts';
import { openArchive } from '../../src/upkeep/backup/archive.ts';
import type { Manifest } from '../../src/upkeep/backup/manifest.ts';
import type { Restored } from '../../src/upkeep/backup/restore.ts';
import {
  endDaemons,
  newHome,
  runNinjad,
  startDaemon,
  startWriters,
  type TestDaemon,
  until,
} from '../helpers/daemon.ts';

/* One daemon, one backup made under load, and all that can be done with it. */
const eventsASecond = 5_000;
const seconds = 6;
let daemon: TestDaemon;
let target: string;
let archive: string;
let manifest: Manifest;
/** Events that were accepted, and so had their answer, before the backup was begun. */
let before: number;

const line = (n: number): string => `LOW|cron:load||reading|event ${n}`;

beforeAll(async () => {
  target = mkdtempSync(join(tmpdir(), 'njd-backup-'));
  daemon = await startDaemon({
    home: await newHome({
      discord: { ownerId: '80351110224678912' },
      'notify.url': 'https://ntfy.example/secret-topic',
    }),
  });
  await daemon.ninjad('remember', 'the nas is called Bertha');
  await daemon.rows(
    `INSERT INTO discord_cards (kind, subject_id, channel_id, nonce, version, created_at) VALUES ('wish', 1, '1', 'n', 'v', now())`,
  );
  await daemon.rows(
    `INSERT INTO discord_channels (channel_id, bot_id, user_id, cursor) VALUES ('1', '2', '3', '99')`,
  );
  const spooled = await daemon.ninjad('send', '-c', 'note', 'long '.repeat(4_000));
  expect(spooled.code).toBe(0);

  const count = eventsASecond * seconds;
  const flood = (async () => {
    for (let second = 0; second < seconds; second += 1) {
      const from = second * eventsASecond;
      const beganAt = performance.now();
      await startWriters(daemon.fifo, [Array.from({ length: eventsASecond }, (_, n) => line(from + n))]);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1_000 - (performance.now() - beganAt))));
    }
  })();
  await until('some are accepted', async () => (await daemon.status()).counts.accepted >= eventsASecond);
  before = (await daemon.status()).counts.accepted;
  const made = await daemon.ninjad('backup', 'create', target);
  await flood;
  expect(made.stderr).toBe('');
  expect(made.code).toBe(0);
  archive = made.stdout.trim();
  ({ manifest } = await openArchive(archive));
  await until(
    'all is recorded',
    async () => Number(await daemon.value('SELECT count(*) FROM events')) >= count,
  );
}, 180_000);

afterAll(async () => {
  await endDaemons();
  rmSync(target, { recursive: true, force: true });
});

describe('a backup that is made under 5,000 events a second', () => {
  it('prints the path of an archive that tar(1) knows, and nothing else is left beside it', () => {
    expect(dirname(archive)).toBe(target);
    const listed = spawnSync('tar', ['-tf', archive], { encoding: 'utf8' });
    expect(listed.stdout.split('\n').filter(Boolean).slice(1)).toEqual(['manifest.json', 'manifest.sha256']);
    const name = archive.slice(target.length + 1);
    expect(readdirSync(target).sort()).toEqual([name, `${name}.verified`]);
  });

  it('has each table, and each entry of the home that is not exempt with a reason', async () => {
    const tables = (
      await daemon.rows(`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind IN ('r', 'p') AND NOT c.relispartition`)
    ).map(([name]) => name);
    expect(Object.keys(manifest.counts).sort()).toEqual(tables.sort());
    const packed = new Set(manifest.files.map(({ path }) => path.split('/')[0]));
    const missing = readdirSync(daemon.home).filter(
      (name) =>
        !packed.has(name) &&
        leftOut(name, { withSecrets: false }) === undefined &&
        readsSomething(join(daemon.home, name)),
    );
    expect(missing).toEqual([]);
    expect(Object.values(exemptEntries).every((why) => why.length > 10)).toBe(true);
    for (const name of ['pg', 'journal', 'config.json']) expect(packed).toContain(name);
  });

  it('keeps the token and secret settings to itself, and says so', () => {
    expect(manifest.files.map(({ path }) => path)).not.toContain('token');
    expect(manifest.leftOut.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['token', 'config.json: notify.url']),
    );
    expect(manifest.outside.join()).toContain('.claude');
  });

  it('is listed with its rows, and drilled: restored beside, started, and a memory read back', async () => {
    const listed = await daemon.ninjad('backup', 'list', target, '--json');
    expect(JSON.parse(listed.stdout)).toEqual([
      expect.objectContaining({
        path: archive,
        at: manifest.at,
        generation: 1,
        counts: manifest.counts,
        verifiedAt: expect.any(String) as string,
      }),
    ]);
    const drilled = await daemon.ninjad('backup', 'drill', archive, '--json');
    expect(drilled.stderr).toBe('');
    expect(JSON.parse(drilled.stdout)).toMatchObject({
      memoryId: expect.any(Number) as number,
      tables: Object.keys(manifest.counts).length,
    });
    expect(readdirSync(target)).toHaveLength(2);
  });

  it('holds what was accepted before it, each once, and the events after the restore are new ones', async () => {
    const into = `${target}-restored`;
    const restored = await daemon.ninjad('backup', 'restore', archive, '--into', into, '--json');
    expect(restored.stderr).toBe('');
    expect(JSON.parse(restored.stdout)).toMatchObject({
      home: into,
      generation: 2,
      kept: null,
      settled: { expired: 1, channels: 1, mail: 0 },
    });
    const again = await startDaemon({ home: into });
    try {
      await until('the journal is empty', async () => (await again.status()).mailbox.depth === 0);
      again.write(Array.from({ length: 500 }, (_, n) => `LOW|cron:load||reading|after ${n}\n`).join(''));
      await until(
        'they are recorded',
        async () =>
          Number(await again.value(`SELECT count(*) FROM events WHERE payload LIKE 'after %'`)) === 500,
      );
      const [row] =
        await again.rows(`SELECT count(*), count(DISTINCT payload), max(substr(payload, 7)::int) FROM events
        WHERE payload LIKE 'event %'`);
      const [count, distinct, last] = (row ?? []).map(Number) as [number, number, number];
      expect(distinct).toBe(count);
      // A prefix of what was sent: nothing between is missing.
      expect(last).toBe(count - 1);
      expect(count).toBeGreaterThanOrEqual(before - 5);
      expect(await again.value(`SELECT count(*) FROM events WHERE payload LIKE 'long long%'`)).toBe(1);
      expect(await again.value(`SELECT text FROM owner_notices WHERE origin = 'upkeep'`)).toContain(
        'generation 2',
      );
      expect(await again.value('SELECT cursor FROM discord_channels')).toBeNull();
    } finally {
      await again.kill('SIGTERM');
      rmSync(into, { recursive: true, force: true });
    }
  });

  it('is not made where the command names another database than the daemon has', async () => {
    const env = { DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/other' };
    const made = await runNinjad(daemon.home, ['backup', 'create', target], env);
    expect(made.code).toBe(1);
    expect(made.stderr).toContain('the running daemon has the embedded database');
    expect(made.stderr).not.toContain('hidden');
  });

  it('is refused as damaged wherever it was cut or altered', async () => {
    const bytes = readFileSync(archive);
    const bad = join(target, 'bad.tar');
    const variants: [string, Buffer][] = [
      ['cut in the middle', bytes.subarray(0, bytes.length >> 1)],
      ['cut at the end', bytes.subarray(0, bytes.length - 700)],
      ['empty', Buffer.alloc(0)],
      ['altered in the middle', flipped(bytes, bytes.length >> 2)],
    ];
    for (const [what, content] of variants) {
      writeFileSync(bad, content);
      const seen = await runNinjad(daemon.home, ['backup', 'verify', bad]);
      expect(seen.code, what).toBe(4);
      const restored = await runNinjad(daemon.home, ['backup', 'restore', bad, '--into', `${target}-no`]);
      expect(restored.code, what).toBe(4);
      expect(existsSync(`${target}-no`)).toBe(false);
    }
    rmSync(bad);
  });

  it('does not go over a home whose daemon runs', async () => {
    const refused = await daemon.ninjad('backup', 'restore', archive);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('already runs');
  });

  it('goes over a home that rests in one step, and keeps the one of before', async () => {
    await daemon.kill('SIGTERM');
    // A home that is a link to another disk stays there.
    const link = join(target, 'a link');
    symlinkSync(daemon.home, link);
    const restored = await runNinjad(link, ['backup', 'restore', archive, '--json']);
    expect(restored.stderr).toBe('');
    const { home, kept, generation, lacks } = JSON.parse(restored.stdout) as Restored;
    expect(generation).toBe(2);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(home).toBe(daemon.home);
    expect(dirname(kept ?? '')).toBe(dirname(daemon.home));
    expect(lacks.map(({ path }) => path)).toContain('config.json: notify.url');
    if (kept === null) throw new Error('the home of before is gone');
    expect(existsSync(join(kept, 'pg'))).toBe(true);
    expect(existsSync(join(daemon.home, 'token'))).toBe(true);
    // A home that rests is backed up as well, and knows its generation.
    const cold = await runNinjad(daemon.home, ['backup', 'create', '--json']);
    expect(cold.stderr).toBe('');
    expect(JSON.parse(cold.stdout)).toMatchObject({ generation: 2 });
    rmSync(kept, { recursive: true, force: true });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

/** Empty folders have no files to be packed. */
function readsSomething(path: string): boolean {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile());
  } catch {
    return true;
  }
}
