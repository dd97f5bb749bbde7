import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { NamedResult } from '../../src/lib/doctor/check-result.ts';
import {
  databasePid,
  endDaemons,
  forgetHome,
  newHome,
  runNinjad,
  startDaemon,
  until,
} from '../helpers/daemon.ts';
import { everythingOf } from '../helpers/everything-of.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const forms = [['doctor'], ['doctor', '--json']] as const;

/** The folder of a user, and the home below it. */
interface Place {
  user: string;
  home: string;
}

/** A user whose home was used: a daemon has run on it, has taken an event, and was killed or ended. */
async function usedHome(signal: NodeJS.Signals): Promise<Place> {
  const user = mkdtempSync(join(tmpdir(), 'njd-'));
  forgetHome(user);
  const home = join(user, '.ninjad');
  renameSync(await newHome({ 'spend.dailyUsd': 3 }), home);
  const daemon = await startDaemon({ home, env: { HOME: user } });
  expect((await daemon.ninjad('send', '-c', 'note', 'x'.repeat(5_000))).code).toBe(0);
  const database = databasePid(daemon);
  await daemon.kill(signal);
  await until('its database is gone too', () => !existsSync(`/proc/${String(database)}`));
  return { user, home };
}

/** What all forms of the command say, each of them having changed nothing of the user's folder. */
async function examine({ user, home }: Place, env: Record<string, string> = {}) {
  const before = everythingOf(user);
  const said: Record<string, { code: number | null; text: string }> = {};
  for (const words of forms) {
    const form = words.join(' ');
    const { code, stdout, stderr } = await runNinjad(home, words, { HOME: user, ...env });
    expect(everythingOf(user), form).toEqual(before);
    said[form] = { code, text: stdout + stderr };
  }
  const { findings } = JSON.parse(said['doctor --json']?.text ?? '') as { findings: NamedResult[] };
  const failed = findings.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check);
  const isWell = failed.length === 0;
  expect(said['doctor']?.code).toBe(isWell ? 0 : 1);
  expect(said['doctor']?.text).toMatch(new RegExp(` ${failed.length} wrong\n$`));
  return { failed, of: (name: string) => findings.find(({ check }) => check === name) };
}

describe('ninjad doctor changes nothing', () => {
  it('of a home that is well, after a daemon that was ended and one that was killed', async () => {
    const ended = await usedHome('SIGTERM');
    expect((await examine(ended)).failed).toEqual([]);
    const killed = await usedHome('SIGKILL');
    expect((await examine(killed)).failed).toEqual([]);
    // Nor where the database is said to be another one.
    const away = await examine(ended, { DATABASE_URL: 'postgres://127.0.0.1:9/x' });
    expect(away.failed).toEqual(['database']);
    // Nor is there a form that mends.
    const before = everythingOf(ended.user);
    const { code, stderr } = await runNinjad(ended.home, ['doctor', '--fix'], { HOME: ended.user });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/--fix/) as string });
    expect(everythingOf(ended.user)).toEqual(before);
  });

  it('of a user who has no home yet, and makes none', async () => {
    const user = mkdtempSync(join(tmpdir(), 'njd-'));
    forgetHome(user);
    const { of } = await examine({ user, home: join(user, '.ninjad') });
    expect(of('home')).toMatchObject({ verdict: 'warn' });
    expect(readdirSync(user)).toEqual([]);
  });

  it('of a home whose config is broken', async () => {
    const place = await usedHome('SIGTERM');
    for (const text of ['not json', '{ "lanes": { "totl": 3 } }', '']) {
      writeFileSync(join(place.home, 'config.json'), text);
      expect((await examine(place)).failed, text).toEqual(['config']);
    }
    // One that is good under old names is said to be, and not written anew.
    writeFileSync(join(place.home, 'config.json'), '{ "notify.url": "https://ntfy.example/topic" }');
    expect((await examine(place)).of('config')).toMatchObject({ verdict: 'warn' });
  });

  it('of a home whose database a newer version has written', async () => {
    const place = await usedHome('SIGTERM');
    writeFileSync(
      join(place.home, 'pg', 'ninjad-schema.json'),
      JSON.stringify({ version: 999_999, name: 'future', writtenBy: 'ninjad 9.9.9 (/opt/newer)' }),
    );
    expect((await examine(place)).failed).toEqual(['database']);
  });

  it('of a home with wrong modes, a file in the place of the pipe, and a database that was damaged', async () => {
    const place = await usedHome('SIGKILL');
    const { home } = place;
    for (const name of ['.', 'journal', 'spool', 'pg']) chmodSync(join(home, name), 0o777);
    for (const name of ['config.json', 'events.fifo', 'token']) chmodSync(join(home, name), 0o666);
    const open = await examine(place);
    expect(open.failed).toEqual(['home']);
    expect(open.of('pipe')).toMatchObject({ verdict: 'warn' });

    for (const name of ['.', 'journal', 'spool', 'pg']) chmodSync(join(home, name), 0o700);
    rmSync(join(home, 'events.fifo'));
    writeFileSync(join(home, 'events.fifo'), 'NORMAL|cron:a||note|lost\n');
    rmSync(join(home, 'pg', 'PG_VERSION'));
    expect((await examine(place)).failed).toEqual(['pipe', 'database']);
  });

  it('of a unit that somebody has written, which lacks much', async () => {
    const place = await usedHome('SIGTERM');
    const unit = join(place.user, '.config/systemd/user/ninjad.service');
    mkdirSync(dirname(unit), { recursive: true });
    writeFileSync(unit, '[Service]\nExecStart=/nowhere/node /nowhere/main.js up\nRestart=on-failure\n');
    expect((await examine(place)).failed).toEqual(['service']);
  });

  it('of a daemon that hangs', async () => {
    const user = mkdtempSync(join(tmpdir(), 'njd-'));
    forgetHome(user);
    const home = join(user, '.ninjad');
    renameSync(await newHome(), home);
    const daemon = await startDaemon({ home, env: { HOME: user } });
    const stopped = [daemon.child.pid, databasePid(daemon)].filter((pid) => pid !== undefined);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    // A command that may take its time waits on, and says what it waits for.
    const waiting = runNinjad(home, ['tasks']);
    try {
      const [seen, status] = await Promise.all([examine({ user, home }), runNinjad(home, ['status'])]);
      expect(seen.failed).toEqual(['daemon']);
      expect(status).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/has not answered for 20 s/) as string,
      });
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
    expect(await waiting).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^The daemon runs and has not answered for 15 s.*ninjad doctor.*\n$/,
      ) as string,
    });
  });
});

it('sees a file that was written and put back to its time, and one whose mode was changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'njd-'));
  forgetHome(folder);
  const file = join(folder, 'config.json');
  writeFileSync(file, '{}');
  const before = everythingOf(folder);
  expect(everythingOf(folder)).toEqual(before);
  const { atime, mtime } = statSync(file);
  writeFileSync(file, readFileSync(file));
  utimesSync(file, atime, mtime);
  const written = everythingOf(folder);
  expect(written).not.toEqual(before);
  chmodSync(file, 0o666);
  expect(everythingOf(folder)).not.toEqual(written);
  expect(existsSync(file)).toBe(true);
});
