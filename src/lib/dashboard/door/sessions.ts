import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const DAY = 24 * 60 * 60 * 1000;

/** How long a browser stays let in, in milliseconds. */
export const sessionMs = 30 * DAY;

const version = 's1';
const nonceBytes = 16;

/**
 * A session for whoever has shown the token or a one-time code: `s1.<issued at>.<nonce>.<HMAC-SHA-256 under the token>`.
 * Nothing is stored: a session is good while it is young and the token is still the same, so a new token ends them all.
 */
export function issueSession(token: string, now: number): string {
  const body = `${version}.${now.toString(36)}.${randomBytes(nonceBytes).toString('base64url')}`;
  return `${body}.${signature(token, body)}`;
}

/** Whether a session was issued under this token and is younger than `sessionMs`. */
export function isGoodSession(session: string, token: string, now: number): boolean {
  const end = session.lastIndexOf('.');
  const body = session.slice(0, Math.max(end, 0));
  if (!isSame(session.slice(end + 1), signature(token, body))) return false;
  const [made, issuedAt] = body.split('.');
  const age = now - Number.parseInt(issuedAt ?? '', 36);
  return made === version && age >= -DAY && age < sessionMs;
}

/** Compares two secrets in a time that tells nothing about where they differ, nor about their lengths. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function signature(token: string, body: string): string {
  return createHmac('sha256', token).update(`ninjad session ${body}`).digest('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
