import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BackupError } from '../backup/failure.ts';

/** A program of PostgreSQL that is installed here. */
export interface PostgresTool {
  path: string;
  /** Its major version. */
  version: number;
  /** Its version in words, such as 15.18. */
  label: string;
}

/** Where systems keep the programs of several versions side by side; below each, `bin`. */
const versionRoots = [
  '/usr/lib/postgresql',
  '/opt/homebrew/opt',
  '/usr/local/opt',
  '/Library/PostgreSQL',
  '/Applications/Postgres.app/Contents/Versions',
];
const versionFolder = /^(?:\d+(?:\.\d+)?|postgresql@\d+|libpq)$/;

/** Folders in which programs of PostgreSQL may lie: those of the PATH, and those of versions that are not on it. */
export function toolFolders(path = process.env['PATH'] ?? ''): string[] {
  const installed = versionRoots.flatMap((root) => {
    try {
      return readdirSync(root)
        .filter((name) => versionFolder.test(name))
        .map((name) => join(root, name, 'bin'));
    } catch {
      return [];
    }
  });
  return [...path.split(delimiter).filter((folder) => folder !== ''), ...installed];
}

/**
 * The oldest `name` that is at least of the major version `atLeast`: an older pg_dump refuses a newer server, and a newer one
 * writes what an older pg_restore cannot read. Throws a `BackupError` that says what was found and what to install.
 */
export async function fittingTool(
  name: 'pg_dump' | 'pg_restore',
  { atLeast, why, folders = toolFolders() }: { atLeast: number; why: string; folders?: readonly string[] },
): Promise<PostgresTool> {
  const found = await findTools(name, folders);
  const fitting = found.filter(({ version }) => version >= atLeast).sort((a, b) => a.version - b.version)[0];
  if (fitting !== undefined) return fitting;
  const there = found.map(({ path, label }) => `${path} is ${label}`).join(', ');
  throw new BackupError(
    'failed',
    `${why}, and ${there === '' ? `there is no ${name} here` : `no ${name} here is as new (${there})`}: ` +
      `install one of version ${atLeast} or later (Debian and Ubuntu: postgresql-client-${atLeast}, macOS: brew install libpq)`,
  );
}

async function findTools(name: string, folders: readonly string[]): Promise<PostgresTool[]> {
  const paths = [...new Set(folders.map((folder) => join(folder, name)))].filter(isExecutable);
  const found = await Promise.all(paths.map(versionOf));
  return found.filter((tool) => tool !== undefined);
}

const run = promisify(execFile);
const versionMs = 10_000;

async function versionOf(path: string): Promise<PostgresTool | undefined> {
  const said = await run(path, ['--version'], { timeout: versionMs }).catch(() => undefined);
  const [, label = '', major] = /\(PostgreSQL\) ((\d+)[\w.]*)/.exec(said?.stdout ?? '') ?? [];
  return major === undefined ? undefined : { path, version: Number(major), label };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
