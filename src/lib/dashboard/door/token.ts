import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const tokenBytes = 32;
const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/**
 * The dashboard's token in this file (mode 0600): what it holds, or a new one where it is missing or is not of our making
 * (43 characters of base64url). Throws what the file system says where it can be neither read nor written.
 */
export function openToken(path: string): string {
  const found = readToken(path);
  if (found === undefined) return renewToken(path);
  chmodSync(path, 0o600);
  return found;
}

/** Puts a new random token into the file, whole or not at all, and returns it. */
export function renewToken(path: string): string {
  const token = randomBytes(tokenBytes).toString('base64url');
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${token}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(beside, path);
  return token;
}

function readToken(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return wellFormed.test(text) ? text : undefined;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}
