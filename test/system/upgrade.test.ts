import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  appendFileSync,
  chmodSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOwnDatabase } from '../../src/wiring/own-database.ts';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { loadMigrations, migrationLabel } from '../../src/lib/store/migrations.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import type { NamedResult } from '../../src/lib/doctor/check-result.ts';
import { forgetHome, endDaemons, newHome, runNinjad, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const homes = packagePath('test', 'fixtures', 'homes');
const newest = migrationLabel(loadMigrations().at(-1) ?? { version: 0, name: '' });

/** A home as an earlier version left it when it was killed. */
function homeOf(archive: string): string {
  const home = mkdtempSync(join(tmpdir(), 'njd-'));
  forgetHome(home);
  const run = spawnSync('tar', ['-xf', '-', '-C', home], {
    input: brotliDecompressSync(readFileSync(join(homes, archive))),
  });
  expect(run.status).toBe(0);
  for (const folder of ['', 'journal', 'spool', 'pg']) chmodSync(join(home, folder), 0o700);
  return home;
}

it.each(readdirSync(homes).filter((name) => name.endsWith('.tar.br')))(
  'takes the home of %s over: says what it will do, backs it up, and loses nothing',
  async (archive) => {
    const home = homeOf(archive);
    writeFileSync(
      join(home, 'config.json'),
      JSON.stringify({ 'spend.dailyUsd': 3, 'notify.url': 'https://ntfy.example/topic' }),
    );
    // A line that the earlier version had read when it was killed.
    appendFileSync(
      join(home, 'journal', '0000000000000000.log'),
      'NORMAL|shell||note|read and not recorded\n',
    );

    const asked = await runNinjad(home, ['upgrade', '--check', '--json']);
    expect({ code: asked.code, stderr: asked.stderr }).toEqual({ code: 0, stderr: '' });
    const check = JSON.parse(asked.stdout) as Record<string, Record<string, unknown>>;
    expect(check).toMatchObject({
      running: null,
      schema: { found: '000012_owner_notices', knows: newest, problem: null },
      backup: { isEnough: true, folder: join(home, 'backups') },
      config: { renamed: [{ old: 'notify.url', name: 'alarm.url' }] },
    });
    expect(check['schema']?.['pending']).toHaveLength(loadMigrations().length - 12);
    expect(readdirSync(home)).not.toContain('backups');

    const daemon = await startDaemon({ home });
    expect(await daemon.value('SELECT max(version) FROM schema_migrations')).toBe(
      loadMigrations().at(-1)?.version,
    );
    expect(
      await daemon.value('SELECT written_by FROM schema_migrations ORDER BY version DESC LIMIT 1'),
    ).toContain(`(${packagePath('.')})`);
    expect((await daemon.ninjad('memories', '--json')).stdout).toMatch(/nas is called tango/);
    expect(await daemon.value(`SELECT value FROM config WHERE key = 'spend.monthlyUsd'`)).toBe(40);
    await until(
      'the line that was read is recorded',
      async () =>
        (await daemon.value(`SELECT count(*) FROM events WHERE payload LIKE '%read and not recorded%'`)) ===
        1,
    );
    expect(daemon.log()).toMatch(/notify.url is called alarm.url now/);
    expect((await daemon.ninjad('config', 'get', 'notify.url', '--json')).stdout).toContain(
      '"key": "alarm.url"',
    );

    const [backup] = JSON.parse((await daemon.ninjad('backup', 'list', '--json')).stdout) as {
      path: string;
      counts: Record<string, number>;
    }[];
    expect(backup).not.toHaveProperty('problem');
    expect(backup).toMatchObject({ counts: { schema_migrations: 12, memory_embeddings: 3 } });
    expect((await daemon.ninjad('backup', 'verify', backup?.path ?? '')).code).toBe(0);

    // Nothing is done twice.
    await daemon.kill('SIGTERM');
    const again = await startDaemon({ home });
    expect(readdirSync(join(home, 'backups')).filter((name) => name.endsWith('.tar'))).toHaveLength(1);
    await again.kill('SIGTERM');
  },
);

it('parks on a schema of a newer version: goes on taking lines, says all about it, and goes on when that is mended', async () => {
  const home = await newHome();
  const newer = 'ninjad 9.9.9 (/opt/newer)';
  let daemon = await startDaemon({ home });
  await daemon.rows(
    `INSERT INTO schema_migrations (version, name, checksum, applied_at, written_by) VALUES (999999, 'future', 'f', now(), '${newer}')`,
  );
  await daemon.kill('SIGTERM');

  daemon = await startDaemon({ home, dontWait: true });
  const sentence = new RegExp(
    `the embedded database in ${home}/pg has the schema 999999_future, written by ninjad 9.9.9 \\(/opt/newer\\), and this is ninjad .*, which knows up to ${newest}: run that one instead, or install it here`,
  );
  await until(
    'it is parked',
    async () => (await daemon.status().catch(() => undefined))?.database.state === 'parked',
  );
  const status = await daemon.status();
  expect(status.database.lastError).toMatch(sentence);
  expect(status.ready).toBe(false);
  expect(status.children.every(({ restarts }) => restarts === 0)).toBe(true);
  await until(
    'lines are taken',
    async () => (await daemon.ninjad('send', '-c', 'note', 'came while it was parked')).code === 0,
  );
  await until('it is in the journal', async () => (await daemon.status()).counts.accepted >= 1);

  const examined = await daemon.ninjad('doctor', '--json');
  expect(examined.code).toBe(1);
  const { findings } = JSON.parse(examined.stdout) as { findings: NamedResult[] };
  expect(findings.find(({ check }) => check === 'database')).toMatchObject({
    verdict: 'fail',
    found: expect.stringMatching(sentence) as string,
  });
  const asked = await daemon.ninjad('upgrade', '--check', '--json');
  expect(asked.code).toBe(6);
  expect(JSON.parse(asked.stdout)).toMatchObject({
    schema: { found: '999999_future', writtenBy: newer, problem: expect.stringMatching(sentence) as string },
  });
  const refused = await daemon.ninjad('backup', 'create', join(home, 'backups'));
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/nothing can be backed up while the database is parked \(.*ninjad stop/);
  expect((await daemon.kill('SIGTERM')).code).toBe(0);
  // The home rests now, and is what it was.
  const made = await runNinjad(home, ['backup', 'create', '--json']);
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(made.stdout)).toMatchObject({ database: { kind: 'embedded', schema: 999_999 } });

  // Without a daemon the folder itself says whose it is.
  mkdirSync(join(home, 'pg'), { recursive: true });
  writeFileSync(
    join(home, 'pg', 'ninjad-schema.json'),
    JSON.stringify({ version: 999_999, name: 'future', writtenBy: newer }),
  );
  const alone = JSON.parse((await runNinjad(home, ['doctor', '--json'])).stdout) as {
    findings: NamedResult[];
  };
  expect(alone.findings.find(({ check }) => check === 'database')).toMatchObject({
    verdict: 'fail',
    found: expect.stringMatching(sentence) as string,
  });
  expect((await runNinjad(home, ['upgrade', '--check'])).code).toBe(6);

  const own = await openOwnDatabase(join(home, 'pg'));
  await own.store.query({ text: 'DELETE FROM schema_migrations WHERE version = 999999' });
  await own.close();
  rmSync(join(home, 'pg', 'ninjad-schema.json'));
  daemon = await startDaemon({ home });
  await until('what came meanwhile is recorded', async () => {
    const count = await daemon.value(
      `SELECT count(*) FROM events WHERE payload LIKE '%came while it was parked%'`,
    );
    return count === 1;
  });
});
