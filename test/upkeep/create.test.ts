import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { openArchive, writeArchive } from '../../src/upkeep/backup/archive.ts';
import { coldSource } from '../../src/upkeep/backup/cold-source.ts';
import { createBackup } from '../../src/upkeep/backup/create.ts';
import { archivePath, inWords } from '../../src/upkeep/backup/target.ts';
import { openOwnDatabase } from '../../src/wiring/own-database.ts';
import { tempDataHome } from '../helpers/temp-database.ts';

/* One home that rests, and where its backups may go. */
let root: string;
let home: string;
let at = Date.parse('2026-11-28T02:40:00Z');

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'njd create '));
  home = join(root, 'home');
  mkdirSync(home);
  const data = await tempDataHome();
  renameSync(join(data, 'data'), join(home, 'pg'));
  rmSync(data, { recursive: true, force: true });
  mkdirSync(join(home, 'journal'));
  mkdirSync(join(home, 'work', 'owner'), { recursive: true });
  writeFileSync(join(home, 'work', 'owner', 'notes.tar'), 'no archive of ours');
}, 240_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const create = async (to: string) => {
  const paths = homePaths(home);
  at += 60_000;
  const { path, manifest } = await createBackup({
    paths,
    source: coldSource(paths, openOwnDatabase),
    to,
    withSecrets: false,
    isSecret: () => false,
    openDatabase: openOwnDatabase,
    now: () => new Date(at),
  });
  return { path, manifest, names: manifest.files.map((file) => file.path) };
};

describe('the place of a backup', () => {
  const made = new Date('2026-11-28T02:40:00Z');

  it.each([
    ['a folder that is not there', 'nowhere', /there is no folder .*nowhere for the backup/],
    ['a file', 'file', /file is no folder: expected one, or a path that ends in \.tar/],
    ['a name that is taken', 'taken.tar', /taken\.tar is there already: name another one/],
    ['below a file', 'file/one.tar', /there is no folder .*file for the backup/],
  ])('is refused in words where it is %s', async (_, name, sentence) => {
    writeFileSync(join(root, 'file'), '');
    writeFileSync(join(root, 'taken.tar'), 'mine');
    await expect(archivePath(join(root, name), made)).rejects.toThrow(sentence);
  });

  it('may be a folder that is called like an archive, and two of one second have two names', async () => {
    const folder = join(root, 'old.tar');
    mkdirSync(folder);
    const first = await archivePath(folder, made);
    writeFileSync(first, '');
    expect([first, await archivePath(folder, made)]).toEqual([
      join(folder, 'ninjad-20261128T024000Z.tar'),
      join(folder, 'ninjad-20261128T024000Z-2.tar'),
    ]);
  });

  it('is said where nothing can be written to it', async () => {
    const nothing = (async function* () {
      yield await Promise.resolve(Buffer.alloc(0));
    })();
    await expect(writeArchive('/proc/one.tar', 'gzip', nothing)).rejects.toThrow(
      'nothing can be written into /proc: ',
    );
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(inWords(full, '/disk/one.tar')).toMatchObject({
      kind: 'failed',
      message:
        'the backup /disk/one.tar cannot be written: ENOSPC: no space left on device, write; nothing of it is left',
    });
    const other = new Error('of something else');
    expect(inWords(other, '/disk/one.tar')).toBe(other);
  });

  it('may lie in the home: no backup has another one in it', async () => {
    const inHome = join(home, 'mine');
    mkdirSync(inHome);
    writeFileSync(join(inHome, '.one.tar.partial-00000000-1'), 'of another machine');
    const first = await create(inHome);
    const second = await create(join(home, 'own name.tar'));
    expect(second.names.filter((name) => /\.(?:tar|verified)$|\/\./.test(name))).toEqual([
      'work/owner/notes.tar',
    ]);
    expect(second.manifest.leftOut.map(({ path }) => path)).toEqual(
      expect.arrayContaining([`mine/${basename(first.path)}`, `mine/${basename(first.path)}.verified`]),
    );
    rmSync(inHome, { recursive: true });
    rmSync(second.path);
  }, 240_000);
});

it('takes what a link of the home itself leads to, and links below it as they are', async () => {
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(join(elsewhere, 'sub'), { recursive: true });
  writeFileSync(join(elsewhere, 'sub', 'picture'), 'large');
  symlinkSync('/etc/hostname', join(elsewhere, 'link'));
  symlinkSync(elsewhere, join(home, 'attachments'));
  const { path, names } = await create(join(root, 'linked.tar'));
  expect(names.filter((name) => name.startsWith('attachments'))).toEqual([
    'attachments/link',
    'attachments/sub/picture',
  ]);
  expect(
    (await openArchive(path)).manifest.files.find((file) => file.path === 'attachments/link')?.bytes,
  ).toBe(0);
}, 240_000);
