import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { openArchive } from './archive.ts';

/** A backup as `ninjad backup list` shows it. */
export interface BackupView {
  path: string;
  /** When it was begun, ISO 8601; null where it cannot be read. */
  at: string | null;
  bytes: number;
  generation: number | null;
  /** When it was last found to hold what it should, ISO 8601. */
  verifiedAt: string | null;
  counts: Record<string, number>;
  /** Why it cannot be read; absent where it can. */
  problem?: string;
}

const archiveName = /^ninjad-\d{8}T\d{6}Z(?:-\d+)?\.tar$/;

/** The name of an archive that is begun at an instant; `count` tells those of one second apart. */
export function nameOf(at: Date, count = 1): string {
  const second = at.toISOString().replace(/[-:]|\.\d+/g, '');
  return `ninjad-${second}${count === 1 ? '' : `-${count}`}.tar`;
}

/** Whether a file has a name that backups have by themselves: such a one is ours to remove. */
export function hasOwnName(path: string): boolean {
  return archiveName.test(basename(path));
}

/** Where the last good look at an archive is noted. */
export function verifiedPath(path: string): string {
  return `${path}.verified`;
}

/**
 * The archives of a folder, newest first; none where there is no such folder. What has our own name is one even where it cannot
 * be read, and any other tar where it can.
 */
export async function listBackups(folder: string): Promise<BackupView[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  });
  const views: BackupView[] = [];
  for (const name of names) {
    if (!name.endsWith('.tar')) continue;
    const view = await viewOf(join(folder, name));
    if (view.problem === undefined || archiveName.test(name)) views.push(view);
  }
  return views.sort((a, b) => madeAt(b).localeCompare(madeAt(a)));
}

/** When it was made, for the order; the name says it of one that cannot be read. */
function madeAt({ path, at }: BackupView): string {
  if (at !== null) return at;
  const [, ...parts] = /^ninjad-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(basename(path)) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  return year === undefined ? '' : `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}

/** One archive as the list shows it. */
async function viewOf(path: string): Promise<BackupView> {
  try {
    const { manifest, bytes } = await openArchive(path);
    const { at, generation, counts } = manifest;
    return { path, at, bytes, generation, verifiedAt: verifiedAtOf(path), counts };
  } catch (thrown) {
    return {
      path,
      at: null,
      bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
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
