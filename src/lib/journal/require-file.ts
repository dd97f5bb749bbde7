import { lstatSync } from 'node:fs';
import { NinjadError } from '../errors.ts';

/** Whether something else than a file, such as a folder, a link or a pipe, is in a file's place. */
export function isSomethingElse(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

/** Throws `NinjadError` NOT_A_FILE where something else is in a file's place; nothing there is fine. */
export function requireFile(path: string): void {
  if (isSomethingElse(path))
    throw new NinjadError('NOT_A_FILE', `${path} is not a file: move away what is there, and start again`);
}
