import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDataFolder } from '../../../actors/database/make-data-folder.ts';
import { openPglite } from '../../../actors/database/pglite.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const fill = (dir: string): Promise<void> => {
  writeFileSync(join(dir, 'PG_VERSION'), '18\n');
  for (const name of ['base', 'global', 'pg_wal']) mkdirSync(join(dir, name));
  return Promise.resolve();
};
const refuse = (): Promise<void> => Promise.reject(new Error('nobody may make a database here'));

describe('the folder of the embedded database', () => {
  it.each([
    ['a database whose PG_VERSION is lost', ['global/pg_control', 'base/1/2619', 'postgresql.conf']],
    ['a copy that was cut short', ['base/1/2619']],
    ['somebody else’s file', ['notes.txt']],
    ['a file without a name to see', ['.keep']],
  ])('is refused and left whole where it holds %s', async (_, files) => {
    const dataDir = join(tempDir(), 'pg');
    for (const file of files) {
      mkdirSync(join(dataDir, file, '..'), { recursive: true });
      writeFileSync(join(dataDir, file), 'the owner’s');
    }
    await expect(openPglite(dataDir)).rejects.toThrow(
      new RegExp(`${dataDir} has no PG_VERSION, but .*nothing in it was touched`),
    );
    for (const file of files) expect(readFileSync(join(dataDir, file), 'utf8')).toBe('the owner’s');
  });

  it('is refused, and left whole, where a part that no server starts without is missing', async () => {
    const dataDir = join(tempDir(), 'pg');
    mkdirSync(join(dataDir, 'global'), { recursive: true });
    writeFileSync(join(dataDir, 'PG_VERSION'), '18\n');
    await expect(openPglite(dataDir)).rejects.toThrow(
      `${dataDir} has a PG_VERSION, but no base, no pg_wal: this may be a damaged database`,
    );
    expect(readdirSync(dataDir).sort()).toEqual(['PG_VERSION', 'global']);
  });

  it('is refused where something else than a folder is in its place', async () => {
    const dataDir = join(tempDir(), 'pg');
    writeFileSync(dataDir, 'the owner’s');
    await expect(makeDataFolder(dataDir, refuse)).rejects.toThrow('is not a folder');
    expect(readFileSync(dataDir, 'utf8')).toBe('the owner’s');
  });

  it('is made where there is none or an empty one, and through a link where the link leads', async () => {
    const dir = tempDir();
    await makeDataFolder(join(dir, 'none'), fill);
    mkdirSync(join(dir, 'empty'));
    await makeDataFolder(join(dir, 'empty'), fill);
    mkdirSync(join(dir, 'disk'));
    symlinkSync(join(dir, 'disk'), join(dir, 'link'));
    await makeDataFolder(join(dir, 'link'), fill);
    expect(readdirSync(dir).sort()).toEqual(['disk', 'empty', 'link', 'none']);
    expect(existsSync(join(dir, 'disk', 'PG_VERSION'))).toBe(true);
    await makeDataFolder(join(dir, 'none'), refuse);
  });

  it('deletes what it began and did not finish, and moves aside an unfinished folder that it did not make', async () => {
    const dir = tempDir();
    const cut = (unfinished: string): Promise<void> => {
      writeFileSync(join(unfinished, 'half'), '');
      return Promise.reject(new Error('cut short'));
    };
    await expect(makeDataFolder(join(dir, 'pg'), cut)).rejects.toThrow('cut short');
    await makeDataFolder(join(dir, 'pg'), fill);
    expect(readdirSync(dir)).toEqual(['pg']);

    mkdirSync(join(dir, 'new.unfinished'));
    writeFileSync(join(dir, 'new.unfinished', 'kept'), 'the owner’s');
    await makeDataFolder(join(dir, 'new'), fill);
    const [aside = ''] = readdirSync(dir).filter((name) => name.startsWith('new.unfinished.'));
    expect(readFileSync(join(dir, aside, 'kept'), 'utf8')).toBe('the owner’s');
    expect(statSync(join(dir, 'new')).isDirectory()).toBe(true);
  });
});
