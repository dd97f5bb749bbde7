import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { NamedResult } from '../../src/lib/doctor/check-result.ts';
import type { BackupView } from '../../src/upkeep/backup/catalogue.ts';
import { endDaemons, forgetHome, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

it('goes on where its home was moved to, and doctor tells of the service that still means the old place', async () => {
  const before = await startDaemon({ home: await newHome() });
  const { home } = before;
  const remembered = await before.ninjad('remember', 'the nas is called Bertha');
  expect({ code: remembered.code, stderr: remembered.stderr }).toEqual({ code: 0, stderr: '' });
  await until('it is kept', async () => (await before.value('SELECT count(*) FROM memory_embeddings')) === 1);
  expect((await before.ninjad('backup', 'create')).code).toBe(0);
  const printed = await before.ninjad('service', 'install', '--print', '--json');
  const unit = JSON.parse(printed.stdout) as { file: string; text: string };
  mkdirSync(dirname(unit.file), { recursive: true });
  writeFileSync(unit.file, unit.text);
  // Its lock, its pids, its pipe and its sockets stay as a kill leaves them.
  await before.kill('SIGKILL');

  const root = mkdtempSync(join(tmpdir(), 'njd-moved-'));
  const moved = join(root, 'another place');
  try {
    renameSync(home, moved);
    forgetHome(moved);
    const after = await startDaemon({ home: moved });
    expect((await after.status()).home).toBe(moved);
    expect((await after.ninjad('send', '-c', 'note', 'sent after the move')).code).toBe(0);
    await until(
      'it is recorded',
      async () =>
        (await after.value(`SELECT count(*) FROM events WHERE payload LIKE '%sent after the move%'`)) === 1,
    );
    expect((await after.ninjad('memories')).stdout).toContain('the nas is called Bertha');
    const made = await after.ninjad('backup', 'create');
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    expect(made.stdout.trim()).toMatch(new RegExp(`^${moved}/backups/`));
    const listed = JSON.parse((await after.ninjad('backup', 'list', '--json')).stdout) as BackupView[];
    expect(listed.map(({ path }) => dirname(path))).toEqual(Array(2).fill(join(moved, 'backups')));

    const { findings } = JSON.parse((await after.ninjad('doctor', '--json')).stdout) as {
      findings: NamedResult[];
    };
    const told = findings.filter(({ found }) => found.includes(home));
    expect(told).toMatchObject([
      {
        verdict: 'warn',
        found: expect.stringContaining(`it runs the home ${home}, and this is ${moved}`) as string,
        expected: expect.stringContaining('one home') as string,
        advice: expect.stringContaining('ninjad service install') as string,
      },
    ]);
    expect((await after.kill('SIGTERM')).code).toBe(0);
  } finally {
    await endDaemons();
    rmSync(root, { recursive: true, force: true });
  }
});
