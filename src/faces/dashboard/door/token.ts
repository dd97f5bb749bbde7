import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { writeWhole } from '../../../lib/write-whole.ts';
import { NinjadError } from '../../../lib/errors.ts';

const tokenBytes = 32;
const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/**
 * The dashboard's token in this file (mode 0600): what it holds, or a new one where it is missing or is not of our making
 * (43 characters of base64url). A link is none of our making: it is not followed, and a new token takes its place. Throws
 * `NinjadError` TOKEN_UNUSABLE for a folder, and what the file system says where it can be neither read nor written.
 */
export function openToken(path: string): string {
  return readToken(path) ?? renewToken(path);
}

/** Puts a new random token into the file, whole or not at all, and returns it. */
export function renewToken(path: string): string {
  const token = randomBytes(tokenBytes).toString('base64url');
  writeWhole(path, `${token}\n`);
  return token;
}

function readToken(path: string): string | undefined {
  const fd = openUnfollowed(path);
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    if (found.isDirectory())
      throw new NinjadError('TOKEN_UNUSABLE', `${path} is a folder: move it away, and a new token is made`);
    if (!found.isFile()) return undefined;
    const text = readFileSync(fd, 'utf8').trim();
    if (!wellFormed.test(text)) return undefined;
    fchmodSync(fd, 0o600);
    return text;
  } finally {
    closeSync(fd);
  }
}

/** Undefined where there is nothing, or a link. A pipe without a writer must not hold the start up. */
function openUnfollowed(path: string): number | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP') return undefined;
    throw thrown;
  }
}
