import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packTree, type Packing, type TreeOptions } from '../../src/upkeep/backup/pack.ts';
import { tempDir } from '../helpers/temp-dir.ts';

async function packed(root: string, options: TreeOptions = {}): Promise<Packing> {
  const packing: Packing = { files: [], leftOut: [], unread: [], breathe: () => Promise.resolve() };
  for await (const chunk of packTree(packing, root, 'work', options))
    expect(chunk.length).toBeGreaterThanOrEqual(0);
  return packing;
}

it('says what has a name that no archive holds: as lacking, and as left out of the folders of agents', async () => {
  const root = tempDir();
  mkdirSync(join(root, 'work'));
  writeFileSync(join(root, 'work', '\u540d\u524d'), 'a name');
  writeFileSync(Buffer.concat([Buffer.from(`${root}/work/caf`), Buffer.from([0xe9])]), 'of another encoding');
  const said = [{ path: 'work/caf\uFFFD', why: 'its name is not UTF-8' }];
  const files = [expect.objectContaining({ path: 'work/\u540d\u524d' })];
  expect(await packed(root)).toMatchObject({ files, unread: said, leftOut: [] });
  expect(await packed(root, { maxFileBytes: 100 })).toMatchObject({ files, unread: [], leftOut: said });
});
