import { createHash, randomBytes } from 'node:crypto';

const codeBytes = 24;
const maxOpenCodes = 16;

/** How long a link may be used, in milliseconds. */
export const codeMs = 15 * 60 * 1000;

/** Codes that let somebody in once. */
export interface OneTimeCodes {
  /** A new code; with more than 16 open ones the oldest is no longer good. */
  issue(): { code: string; expiresAt: number };
  /** Whether the code is good; it never is again. */
  redeem(code: string): boolean;
  /** Makes all open codes worthless. */
  revoke(): void;
}

/** See `OneTimeCodes`. Only digests are kept, and only in memory: a restart makes the open codes worthless. */
export function createOneTimeCodes(now: () => number = Date.now): OneTimeCodes {
  const open = new Map<string, number>();
  const dropStale = (): void => {
    for (const [digest, expiresAt] of open) if (expiresAt <= now()) open.delete(digest);
    for (const digest of [...open.keys()].slice(0, Math.max(0, open.size - maxOpenCodes)))
      open.delete(digest);
  };
  return {
    issue() {
      const code = randomBytes(codeBytes).toString('base64url');
      const expiresAt = now() + codeMs;
      open.set(digestOf(code), expiresAt);
      dropStale();
      return { code, expiresAt };
    },
    redeem(code) {
      dropStale();
      return open.delete(digestOf(code));
    },
    revoke: () => open.clear(),
  };
}

/** Looking a digest up tells nothing about the code, however long it takes. */
function digestOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
