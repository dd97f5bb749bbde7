import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../../src/upkeep/backup/manifest.ts';
import { archiveOf } from '../helpers/archive.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

/* Archives that are found wanting before their database is started, and what the commands say of them. */
const cli = cliHarness();
let root: string;
let content: string;
const archives = new Map<string, string>();

async function makeArchive(name: string, more: (manifest: Manifest) => object): Promise<void> {
  const path = join(root, `${name}.tar`);
  await archiveOf(path, content, ['config.json'], more);
  archives.set(name, path);
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'njd-archives-'));
  content = join(root, 'content');
  mkdirSync(content);
  writeFileSync(join(content, 'config.json'), '{}\n');
  const missing = { path: 'journal/0000000000000000.log', bytes: 3, sha256: '0'.repeat(64) };
  await makeArchive('incomplete', ({ files }) => ({ files: [...files, missing] }));
  await makeArchive('later schema', ({ database }) => ({
    database: { ...database, schema: database.schema + 1 },
  }));
  await makeArchive('later form', () => ({ format: 2 }));
  await makeArchive('altered', ({ files }) => ({
    files: files.map((file) => ({ ...file, sha256: '0'.repeat(64) })),
  }));
  archives.set('gone', join(root, 'gone.tar'));
  const foreign = join(root, 'foreign.tar');
  writeFileSync(foreign, Buffer.alloc(10_240));
  archives.set('foreign', foreign);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the exit status of backup verify, restore and drill', () => {
  it.each([
    ['gone', 1, /cannot read the archive/],
    ['foreign', 4, /is no archive of ninjad, or its beginning is damaged/],
    ['altered', 4, /config\.json: its content was altered/],
    ['incomplete', 5, /journal\/0+\.log: the archive does not have it/],
    ['later schema', 6, /written by ninjad 9\.9\.9, and this ninjad knows up to \d+: use a newer one/],
    ['later form', 6, /has the form 2, and this ninjad reads up to 1: use a newer one/],
  ])('says of one that is %s: %i', async (name, code, sentence) => {
    const archive = archives.get(name) ?? '';
    const into = join(root, 'restored');
    const [verified, restored, drilled] = await Promise.all([
      cli.run(['backup', 'verify', archive]),
      cli.run(['backup', 'restore', archive, '--into', into]),
      cli.run(['backup', 'drill', archive]),
    ]);
    for (const ran of [verified, restored, drilled]) {
      expect(ran.code).toBe(code);
      expect(ran.stdout + ran.stderr).toMatch(sentence);
    }
  });

  it('is that of wrong usage where there is nothing to look at, and says it in words', async () => {
    const none = await cli.run(['backup', 'verify']);
    expect({ code: none.code, stderr: none.stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^ninjad: there is no backup in .*backups: name an archive/) as string,
    });
    const sample = await cli.run(['backup', 'verify', '--sample', '8/7']);
    expect(sample.code).toBe(2);
    expect(sample.stderr).toContain('Expected a part of so many, such as 1/7.');
    const database = await cli.run(['backup', 'restore', 'x.tar', '--database', 'mysql://x']);
    expect(database.code).toBe(2);
    expect(database.stderr).toContain('Expected an address such as postgres://');
  });
});

const made = '2026-11-28T02:40:00.000Z';

it('lists what is there, also what cannot be read, and nothing where there is no folder', async () => {
  expect(jsonOf(await cli.run(['backup', 'list', '--json']))).toEqual([]);
  const folder = join(root, 'folder');
  mkdirSync(folder);
  writeFileSync(join(folder, 'ninjad-20261128T024000Z.tar'), 'x');
  await archiveOf(join(folder, 'mine.tar'), content, ['config.json'], { at: made });
  writeFileSync(join(folder, 'foreign.tar'), Buffer.alloc(10_240));
  const ofMine = { at: made, bytes: statSync(join(folder, 'mine.tar')).size, generation: 1, counts: {} };
  expect(jsonOf(await cli.run(['backup', 'list', folder, '--json']))).toEqual([
    { path: join(folder, 'mine.tar'), ...ofMine, verifiedAt: null },
    {
      path: join(folder, 'ninjad-20261128T024000Z.tar'),
      at: null,
      bytes: 1,
      generation: null,
      verifiedAt: null,
      counts: {},
      problem: expect.stringContaining('it is cut') as string,
    },
  ]);
  const gone = await cli.run(['backup', 'list', join(root, 'nowhere')]);
  expect(gone.code).toBe(2);
  expect(gone.stderr).toContain('nowhere is no folder: expected the one that the backups are in');
});

it('refuses a place that no archive can have, in words', async () => {
  const refused = async (to: string) => {
    const { code, stdout, stderr } = await cli.run(['backup', 'create', to]);
    expect(stdout).toBe('');
    return `${code} ${stderr}`;
  };
  expect(await refused('-')).toMatch(/^2 ninjad: a backup is no stream/);
  expect(await refused(root)).toMatch(/^2 ninjad: there is no home at /);
});

it('is made behind others: the daemon answers people meanwhile', async () => {
  await cli.daemon({ 'status.get': () => new Promise<never>(() => undefined) });
  const { child } = cli.begin(['backup', 'create', root]);
  await vi.waitFor(() => expect(getPriority(child.pid)).toBeGreaterThan(getPriority()), { timeout: 60_000 });
});
