import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { writeWhole } from '../write-whole.ts';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { NinjadError } from '../errors.ts';
import { ensurePrivateDir, notPrivate } from './private-dir.ts';

/** The longest path of a Unix socket, in bytes: `sun_path` without its NUL. macOS has four less than Linux. */
const longestSocketPath = process.platform === 'linux' ? 107 : 103;
const longestSocketName = '/.s.PGSQL.5432';
const pointerName = 'sockets.path';

/**
 * The folder of a home's Unix sockets, for those who connect: `<home>/run`; or, where that is too long for a socket,
 * what the home's pointer file names; or the folder that `openSocketDir` would make now.
 */
export function socketDir(home: string, env: NodeJS.ProcessEnv = process.env): string {
  const near = join(home, 'run');
  if (fits(near)) return near;
  return readPointer(home) ?? farDir(home, env);
}

/**
 * The same folder for the daemon that binds there: made with mode 0700, or checked to be ours alone, and found again
 * through a pointer file in the home where it lies outside. Throws `NinjadError` NOT_PRIVATE or PATH_TOO_LONG.
 */
export function openSocketDir(home: string, env: NodeJS.ProcessEnv = process.env): string {
  const near = join(home, 'run');
  if (fits(near)) {
    ensurePrivateDir(near);
    return near;
  }
  const far = farDir(home, env);
  if (!fits(far))
    throw new NinjadError('PATH_TOO_LONG', `${far} is too long for a Unix socket: set a shorter TMPDIR`);
  ensurePrivateDir(far);
  // In a folder like /tmp another user may have laid a link under this name.
  const problem = notPrivate(far, lstatSync(far));
  if (problem !== undefined) throw new NinjadError('NOT_PRIVATE', problem);
  writeWhole(join(home, pointerName), `${far}\n`);
  return far;
}

function fits(directory: string): boolean {
  return Buffer.byteLength(directory + longestSocketName) <= longestSocketPath;
}

function farDir(home: string, env: NodeJS.ProcessEnv): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  const root = runtime !== undefined && isAbsolute(runtime) ? runtime : tmpdir();
  return join(root, `ninjad-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

function readPointer(home: string): string | undefined {
  try {
    return readFileSync(join(home, pointerName), 'utf8').trimEnd() || undefined;
  } catch {
    return undefined;
  }
}
