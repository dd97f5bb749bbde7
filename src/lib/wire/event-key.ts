import { createHash } from 'node:crypto';
import { isOwnerSource } from './parse-line.ts';

/** The longest key and the longest conversation, in characters. An entry of an index of the store takes 2,704 bytes. */
export const maxKeyCharacters = 256;

const markPattern = /^k[0-9a-f]{32}(?=-)/;

/**
 * The key by which an event is stored, watched and known again. Among the owner's sources it is the `dedupKey` itself;
 * another source has its own keys, `source/key`, so that nobody's key drops another's event. An owner's key with a slash
 * gets one in front, which no source begins with: no two keys become one. A key of more than 256 characters is hashed.
 */
export function eventKey(source: string, dedupKey: string): string {
  const text = dedupKey.replace(/\p{Surrogate}/gu, '\uFFFD');
  const key = text.length <= maxKeyCharacters ? text : `sha256:${hashOf(text)}`;
  if (!isOwnerSource(source)) return `${source}/${key}`;
  return key.includes('/') ? `/${key}` : key;
}

/** Begins the name of a spool file, so that a line tells the key of a payload which nobody has read yet. */
export function markOfKey(key: string): string {
  return `k${hashOf(key).slice(0, 32)}`;
}

/** The mark of a spool file's name, undefined where it has none. */
export function markOfSpool(name: string): string | undefined {
  return markPattern.exec(name)?.[0];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
