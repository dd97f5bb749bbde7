import { createHash } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import { createOneTimeCodes } from './codes.ts';
import { isOurHost, isOurPage, type RequestHeaders } from './origin.ts';
import { isGoodSession, isSame, issueSession, sessionMs } from './sessions.ts';
import { openToken, renewToken } from './token.ts';

/** The headers by which somebody asks to be let in. */
export interface DoorHeaders extends RequestHeaders {
  cookie?: string | undefined;
  authorization?: string | undefined;
}

/** By what somebody was let in; a wrong token is worth counting, a missing one is not. */
export type Admission = 'session' | 'bearer' | 'nobody' | 'wrong-token';

/** Who is let in to the dashboard. */
export interface Door {
  /** Whether the Host header is ours; everything else is refused before anything is looked at. */
  isOurHost(headers: DoorHeaders): boolean;
  /** Whether a request comes from a page of ours, or from none; see `isOurPage`. */
  isOurPage(headers: DoorHeaders): boolean;
  /** Judges the cookie (only together with a page of ours) or the bearer token. */
  admit(headers: DoorHeaders): Admission;
  /** A one-time code for a link. */
  issueCode(): { code: string; expiresAt: number };
  /** Changes a one-time code for the cookie that lets its browser in, as a Set-Cookie header; undefined for a bad one. */
  redeem(code: string): string | undefined;
  /** The Set-Cookie header that takes the cookie away. */
  forgetting(): string;
  /** Makes a new token: all sessions and open codes end. */
  renew(): void;
  /** Calls the listener after each `renew`; returns the function that stops it. */
  onRenewed(listener: () => void): () => void;
  /** The secrets in memory, so that no picture of the insides shows them. */
  secrets(): readonly string[];
}

export interface DoorOptions {
  /** The file of the token. */
  tokenPath: string;
  /** Names beside the loopback ones under which we may be reached; lower case, without port. */
  names: () => readonly string[];
  now?: () => number;
}

/** See `Door`. Reads or makes the token at once, and throws what the file system says where it cannot. */
export function createDoor({ tokenPath, names, now = Date.now }: DoorOptions): Door {
  let token = openToken(tokenPath);
  const codes = createOneTimeCodes(now);
  const listeners = new Set<() => void>();
  // Cookies know no ports: two daemons of one machine must not throw each other's out.
  const cookieName = `ninjad-${createHash('sha256').update(tokenPath).digest('hex').slice(0, 8)}`;
  const setCookie = (value: string, maxAge: number): string =>
    stringifySetCookie({ name: cookieName, value, httpOnly: true, sameSite: 'strict', path: '/', maxAge });

  return {
    isOurHost: ({ host }) => isOurHost(host, names()),
    isOurPage: (headers) => isOurPage(headers, names()),
    admit(headers) {
      if (!isOurPage(headers, names())) return 'nobody';
      const session = parseCookie(headers.cookie ?? '')[cookieName];
      if (session !== undefined && isGoodSession(session, token, now())) return 'session';
      const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
      if (bearer === undefined) return 'nobody';
      return isSame(bearer, token) ? 'bearer' : 'wrong-token';
    },
    issueCode: () => codes.issue(),
    redeem(code) {
      if (!codes.redeem(code)) return undefined;
      return setCookie(issueSession(token, now()), sessionMs / 1000);
    },
    forgetting: () => setCookie('', 0),
    renew() {
      token = renewToken(tokenPath);
      codes.revoke();
      for (const listener of [...listeners]) listener();
    },
    onRenewed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    secrets: () => [token],
  };
}
