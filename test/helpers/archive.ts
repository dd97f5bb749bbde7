import { loadMigrations } from '../../src/lib/store/migrations.ts';
import { endOfArchive } from '../../src/lib/tar/header.ts';
import { writeArchive } from '../../src/upkeep/backup/archive.ts';
import type { Manifest } from '../../src/upkeep/backup/manifest.ts';
import { packOne, type Packing } from '../../src/upkeep/backup/pack.ts';

/** Writes an archive of some entries of a folder, with a manifest that is true but for what is given. */
export async function archiveOf(
  path: string,
  folder: string,
  names: readonly string[],
  changes: Partial<Manifest> | ((manifest: Manifest) => object) = {},
): Promise<void> {
  const packing: Packing = { files: [], leftOut: [], unread: [], breathe: () => Promise.resolve() };
  const draft = await writeArchive(
    path,
    'gzip',
    (async function* () {
      for (const name of names) yield* packOne(packing, folder, name);
      yield endOfArchive;
    })(),
  );
  const manifest: Manifest = {
    format: 1,
    program: { version: '9.9.9', node: process.version },
    at: '2026-11-28T02:40:00.000Z',
    host: 'h',
    home: '/home/ada/.ninjad',
    generation: 1,
    database: { kind: 'embedded', server: '18.6', schema: loadMigrations().at(-1)?.version ?? 0 },
    codec: 'gzip',
    withSecrets: false,
    payload: { bytes: draft.payload.bytes, sha256: draft.sha256 },
    files: packing.files,
    counts: {},
    leftOut: [],
    unread: [],
    outside: [],
  };
  await draft.finish({ ...manifest, ...(typeof changes === 'function' ? changes(manifest) : changes) });
}
