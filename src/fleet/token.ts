import { createHash, randomBytes } from 'node:crypto';

const tokenBytes = 24;

/** A new token of a host that reports by itself. It lets in reports of that host and nothing else. */
export function newToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

/** What is kept of a token; a random one of that length needs no salt. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
