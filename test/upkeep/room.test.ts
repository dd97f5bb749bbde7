import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requireFree, requireMovable } from '../../src/upkeep/backup/room.ts';
import { tempDir } from '../helpers/temp-dir.ts';

it('says what is needed and what is free, of a folder that is not there yet too', async () => {
  const folder = tempDir();
  await requireFree(join(folder, 'a', 'b'), 1, 'the home');
  await expect(requireFree(join(folder, 'a', 'b'), 1e18, 'the home')).rejects.toThrow(
    new RegExp(`^the home needs about 1000000000000 MB, and ${folder} has \\d+ MB free$`),
  );
});

it('refuses to exchange a folder that is a file system of its own', async () => {
  const folder = tempDir();
  mkdirSync(join(folder, 'home'));
  await requireMovable(join(folder, 'home'));
  await requireMovable(join(folder, 'none yet'));
  await expect(requireMovable('/proc')).rejects.toThrow('/proc is a file system of its own');
});
