import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { openArchive } from './archive.ts';

/** A backup as `ninjad backup list` shows it. */
export interface BackupView {
  path: string;
  /** When it was begun, ISO 8601. */
  at: string | null;
  bytes: number;
  generation: number | null;
  /** When it was last found to hold what it should, ISO 8601. */
  verifiedAt: string | null;
  counts: Record<string, number>;
  /** Why it cannot be read; null where it can. */
  problem: string | null;
}

const archiveName = /^ninjad-\d{8}T\d{6}Z(?:-\d+)?\.tar$/;

/** The name of an archive that is begun at an instant. */
export function nameOf(at: Date): string {
  return `ninjad-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.tar`;
}

/** Where the last good look at an archive is noted. */
export function verifiedPath(path: string): string {
  return `${path}.verified`;
}

/** The archives of a folder that bear our name, newest first; none where there is no such folder. */
export async function listBackups(folder: string): Promise<BackupView[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  });
  const paths = names
    .filter((name) => archiveName.test(name))
    .sort()
    .reverse();
  return Promise.all(paths.map((name) => viewOf(join(folder, name))));
}

/** One archive as the list shows it. */
export async function viewOf(path: string): Promise<BackupView> {
  try {
    const { manifest, bytes } = await openArchive(path);
    const { at, generation, counts } = manifest;
    return { path, at, bytes, generation, verifiedAt: verifiedAtOf(path), counts, problem: null };
  } catch (thrown) {
    return {
      path,
      at: null,
      bytes: 0,
      generation: null,
      verifiedAt: null,
      counts: {},
      problem: messageOf(thrown),
    };
  }
}

function verifiedAtOf(path: string): string | null {
  try {
    const noted = JSON.parse(readFileSync(verifiedPath(path), 'utf8')) as { at?: unknown };
    return typeof noted.at === 'string' ? noted.at : null;
  } catch {
    return null;
  }
}
