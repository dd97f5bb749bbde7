import { chmodSync, existsSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { NinjadError, messageOf } from '../errors.ts';

const privateMode = 0o700;
const writableByOthers = 0o022;

/**
 * Makes sure that `path` is a folder of ours that nobody else can write to: creates it with mode 0700 (parents too)
 * or checks what is there. Throws `NinjadError` NOT_PRIVATE with a sentence that says what to do.
 */
export function ensurePrivateDir(path: string): void {
  try {
    makeFolders(path);
  } catch (cause) {
    throw new NinjadError('NOT_PRIVATE', `cannot make the folder ${path}: ${messageOf(cause)}`, { cause });
  }
  const problem = notPrivate(path, statSync(path));
  if (problem !== undefined) throw new NinjadError('NOT_PRIVATE', problem);
  // A full folder may be somebody's real home by mistake: its mode is theirs to choose, everything inside is private anyway.
  if (readdirSync(path).length === 0) chmodSync(path, privateMode);
}

/** One by one: Node's own way to make all of them tries for ever where a parent is there and takes nothing, as in /proc. */
function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  if (missing.length === 0 && !statSync(path).isDirectory()) throw new Error('something else is there');
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode: privateMode });
    } catch (thrown) {
      // Another process of ours may have been quicker.
      if (!existsSync(folder)) throw thrown;
    }
  }
}

/** Why a folder must not be trusted, in a sentence, or undefined when it is ours alone. */
export function notPrivate(path: string, found: Stats, uid = process.getuid?.()): string | undefined {
  if (!found.isDirectory()) return `${path} is not a folder`;
  if (uid !== undefined && found.uid !== uid) {
    return `${path} belongs to user ${found.uid}, and this is user ${uid}: choose a home of your own with NINJAD_HOME`;
  }
  if ((found.mode & writableByOthers) !== 0) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    return `${path} can be written by others (mode ${mode}): run chmod 700 ${path}`;
  }
  return undefined;
}
