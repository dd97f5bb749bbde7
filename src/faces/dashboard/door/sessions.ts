import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { DAY } from '../../../lib/time.ts';

/** How long a browser stays let in, in milliseconds. */
export const sessionMs = 30 * DAY;

const version = 's2';
const idBytes = 16;

/**
 * The halves of a session. A browser sends the cookie to every port of the host; the key lies where the origin, which has
 * the port, guards it. Only both together let somebody in.
 */
export interface SessionHalves {
  cookie: string;
  key: string;
}

/** What a good cookie says of its session. */
export interface SessionName {
  id: string;
  /** Epoch milliseconds. */
  issuedAt: number;
}

/**
 * A session for whoever has shown a one-time code: the cookie `s2.<issued at>.<id>.<HMAC-SHA-256 under the token>`, and as
 * key another HMAC of the same. Neither half can be made from the other, and a new token ends them all.
 */
export function issueSession(token: string, now: number): SessionName & SessionHalves {
  const id = randomBytes(idBytes).toString('base64url');
  const body = `${version}.${now.toString(36)}.${id}`;
  return {
    id,
    issuedAt: now,
    cookie: `${body}.${signature(token, 'cookie', body)}`,
    key: keyOf(token, body),
  };
}

/** The session of a cookie that was issued under this token and is younger than `sessionMs`; otherwise undefined. */
export function sessionOf(cookie: string, token: string, now: number): SessionName | undefined {
  const body = bodyOf(cookie);
  if (!isSame(cookie.slice(body.length + 1), signature(token, 'cookie', body))) return undefined;
  const [made, at = '', id = ''] = body.split('.');
  const issuedAt = Number.parseInt(at, 36);
  const age = now - issuedAt;
  return made === version && age >= -DAY && age < sessionMs ? { id, issuedAt } : undefined;
}

/** Whether a key is the other half of this cookie. */
export function isKeyOf(key: string, cookie: string, token: string): boolean {
  return isSame(key, keyOf(token, bodyOf(cookie)));
}

/** Compares two secrets in a time that tells nothing about where they differ, nor about their lengths. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function bodyOf(cookie: string): string {
  return cookie.slice(0, Math.max(cookie.lastIndexOf('.'), 0));
}

function keyOf(token: string, body: string): string {
  return signature(token, 'key', body);
}

function signature(token: string, half: 'cookie' | 'key', body: string): string {
  return createHmac('sha256', token).update(`ninjad ${half} ${body}`).digest('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
