import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Program, ProgramEnd } from '../../src/lib/process/run-program.ts';
import { createSettings } from '../../src/settings.ts';
import { verifiedPath } from '../../src/upkeep/backup/catalogue.ts';
import { createUpkeepJobs } from '../../src/upkeep/jobs.ts';
import { archiveOf } from '../helpers/archive.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('upkeep_runs', 'owner_notices');
const now = (): Date => new Date('2026-11-28T02:40:05Z');
const never = new AbortController().signal;

function jobs(config: Record<string, unknown>, end: (program: Program) => Partial<ProgramEnd> = () => ({})) {
  const home = tempDir();
  const configFile = join(home, 'config.json');
  writeFileSync(configFile, JSON.stringify(config));
  const ran: Program[] = [];
  const told: string[] = [];
  const kind = createUpkeepJobs({
    settings: createSettings({ configFile, env: {} }),
    store,
    bus: { emit: (_, fact) => void told.push('text' in fact ? fact.text : '') },
    programs: {
      run(program) {
        ran.push(program);
        const well = {
          ended: 'exit',
          code: 0,
          signal: null,
          survivors: 0,
          left: 0,
          tookMs: 1,
          problem: null,
        } as const;
        const none = Buffer.alloc(0);
        return Promise.resolve({ ...well, stdout: none, stderr: none, ...end(program) });
      },
    },
    ninjad: { command: 'node', args: ['main.js'] },
    env: { NINJAD_HOME: home },
    home,
    worker: 'w',
    now,
  });
  const fire = (jobId: string) =>
    kind.run({ id: 1, jobId: `upkeep:w:${jobId}`, nominalAt: now(), startedAt: now(), byHand: false }, never);
  return { home, kind, ran, told, fire };
}

/** How many kinds failed the last time that they ran. */
const failing = async (): Promise<number> => {
  const { rows } = await store.query<{ count: number }>({
    text: `SELECT count(*) FROM (SELECT DISTINCT ON (kind) state FROM upkeep_runs ORDER BY kind, id DESC) AS last WHERE state = 'failed'`,
  });
  return Number(rows[0]?.count);
};

it('runs nothing by itself until backup.at says when', async () => {
  expect(await jobs({}).kind.list()).toEqual([]);
  const listed = await jobs({ 'backup.at': '02:40' }).kind.list();
  expect(listed.map(({ label, schedule, missed }) => [label, schedule.kind, missed])).toEqual([
    ['backup', 'cron', 'once'],
    ['backup drill', 'every', 'once'],
  ]);
  expect(listed[0]?.schedule).toMatchObject({ cron: '40 2 * * *' });
  expect(await jobs({ 'backup.at': '02:40', 'backup.drillDays': null }).kind.list()).toHaveLength(1);
});

it('makes a backup, hands it to the program of the owner, and removes those that are outlived', async () => {
  const made = '/somewhere/ninjad-20261128T024000Z.tar';
  const { fire, ran, home } = jobs(
    {
      'backup.at': '02:40',
      'backup.command': ['restic', 'backup', '{archive}'],
      'backup.keepMonthly': 1,
    },
    ({ command }) => (command === 'node' ? { stdout: Buffer.from(JSON.stringify({ path: made })) } : {}),
  );
  mkdirSync(join(home, 'backups'));
  const outlived = join(home, 'backups', 'ninjad-20200101T000000Z.tar');
  await archiveOf(outlived, home, [], { at: '2020-01-01T00:00:00.000Z' });
  // What the owner has given a name of its own is theirs.
  await archiveOf(join(home, 'backups', 'before the move.tar'), home, [], { at: '2019-01-01T00:00:00.000Z' });
  for (let day = 1; day <= 28; day += 1) {
    const name = `ninjad-202611${String(day).padStart(2, '0')}T024000Z.tar`;
    await archiveOf(join(home, 'backups', name), home, [], {
      at: `2026-11-${String(day).padStart(2, '0')}T02:40:00.000Z`,
    });
  }
  expect(await fire('backup')).toEqual({ state: 'done' });
  expect(ran.slice(0, 2).map(({ command, args }) => [command, ...(args ?? [])])).toEqual([
    ['node', 'main.js', 'backup', 'create', '--json'],
    ['restic', 'backup', made],
  ]);
  const left = readdirSync(join(home, 'backups'));
  // Of November seven days and the ends of four weeks stay.
  expect(left).not.toContain('ninjad-20200101T000000Z.tar');
  expect(left).toContain('before the move.tar');
  expect(left.filter((name) => name.startsWith('ninjad-202611'))).toEqual(
    ['08', '15', '22', '23', '24', '25', '26', '27', '28'].map((day) => `ninjad-202611${day}T024000Z.tar`),
  );
  const { rows } = await store.query({
    text: `SELECT state, archive, reason FROM upkeep_runs WHERE kind = 'create'`,
  });
  expect(rows).toEqual([{ state: 'done', archive: made, reason: null }]);
  expect(await failing()).toBe(0);
});

it('tells once of a kept backup that cannot be read any more, and removes nothing of that kind', async () => {
  const { fire, told, home } = jobs({ 'backup.at': '02:40' }, () => ({
    stdout: Buffer.from('{"path":"/a.tar"}'),
  }));
  const spoilt = join(home, 'backups', 'ninjad-20200101T000000Z.tar');
  mkdirSync(join(home, 'backups'));
  writeFileSync(spoilt, 'not an archive');
  await fire('backup');
  await fire('backup');
  expect(told).toEqual([
    `A backup that is kept is not what it was: the archive ${spoilt} is damaged: it is cut`,
  ]);
  expect(readdirSync(join(home, 'backups'))).toEqual(['ninjad-20200101T000000Z.tar']);
});

it('keeps to itself what a program prints of secrets, and says how one ended that hung', async () => {
  const said =
    'Fatal: rest:https://me:hunter22secret@host/: unreachable; token=ghp_abcdefghijklmnopqrstuvwxyz0123456789';
  const archive = { stdout: Buffer.from('{"path":"/a.tar"}') };
  const chatty = jobs({ 'backup.at': '02:40', 'backup.command': ['away'] }, ({ command }) =>
    command === 'away' ? { code: 1, stderr: Buffer.from(said) } : archive,
  );
  await chatty.fire('backup');
  const { rows } = await store.query<{ reason: string }>({
    text: `SELECT reason FROM upkeep_runs WHERE kind = 'create'`,
  });
  for (const text of [chatty.told.join(), rows[0]?.reason]) {
    expect(text).toContain('unreachable');
    expect(text).not.toMatch(/hunter22secret|ghp_abc/);
  }
  const hung = jobs({ 'backup.at': '02:40', 'backup.command': ['away'] }, ({ command }) =>
    command === 'away' ? { code: null, problem: 'it took longer than 6 hours' } : archive,
  );
  expect(await hung.fire('backup')).toMatchObject({
    state: 'failed',
    reason: 'backup.command: it took longer than 6 hours',
  });
});

it('reads a seventh of the kept backup that was looked at longest ago, and tells of one that forgets', async () => {
  const spoilt = { code: 4, stdout: Buffer.from('/x.tar is damaged:\n  journal: it was cut\n') };
  const { fire, ran, home, told } = jobs({ 'backup.at': '02:40' }, ({ args = [] }) =>
    args.includes('verify') ? spoilt : { stdout: Buffer.from('{"path":"/a.tar"}') },
  );
  const folder = join(home, 'backups');
  mkdirSync(folder);
  const looked = { '20261101': '2026-11-27T00:00:00Z', '20261102': '2026-11-20T00:00:00Z' };
  for (const [day, at] of Object.entries(looked)) {
    const path = join(folder, `ninjad-${day}T000000Z.tar`);
    await archiveOf(path, home, [], { at: `2026-11-${day.slice(6)}T00:00:00.000Z` });
    writeFileSync(verifiedPath(path), JSON.stringify({ at }));
  }
  expect(await fire('backup')).toEqual({ state: 'done' });
  const oldest = join(folder, 'ninjad-20261102T000000Z.tar');
  expect(ran.at(-1)?.args).toEqual(['main.js', 'backup', 'verify', oldest, '--sample', '3/7']);
  expect(told.join()).toMatch(
    /^A backup that is kept is not what it was: .*ended with 4.*journal: it was cut/s,
  );
  const { rows } = await store.query({ text: 'SELECT kind, state, archive FROM upkeep_runs ORDER BY id' });
  expect(rows).toEqual([
    { kind: 'create', state: 'done', archive: '/a.tar' },
    { kind: 'verify', state: 'failed', archive: oldest },
  ]);
});

it('tells the owner of a backup that failed, and of a program that did not take it, until one is well again', async () => {
  const full = { code: 1, stderr: Buffer.from('ninjad: no space left on the disk\n') };
  const failed = jobs({ 'backup.at': '02:40' }, () => full);
  expect(await failed.fire('backup')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('no space') as string,
  });
  expect(failed.told.join()).toContain('The backup failed');
  expect(await failing()).toBe(1);
  const { rows } = await store.query<{ text: string }>({
    text: `SELECT text FROM owner_notices WHERE origin = 'upkeep' AND seen_at IS NULL`,
  });
  expect(rows[0]?.text).toContain('no space');

  const untaken = jobs({ 'backup.at': '02:40', 'backup.command': ['away'] }, ({ command }) =>
    command === 'away' ? { code: 12 } : { stdout: Buffer.from('{"path":"/a.tar"}') },
  );
  expect(await untaken.fire('backup')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('backup.command ended with 12') as string,
  });
  const well = jobs({ 'backup.at': '02:40' }, () => ({ stdout: Buffer.from('{"path":"/a.tar"}') }));
  expect(await well.fire('backup')).toEqual({ state: 'done' });
  expect(await failing()).toBe(0);
});

it('skips a drill where there is no backup yet', async () => {
  const { fire, ran } = jobs({ 'backup.at': '02:40' });
  expect(await fire('drill')).toEqual({ state: 'skipped', reason: 'there is no backup yet' });
  expect(ran).toEqual([]);
});
