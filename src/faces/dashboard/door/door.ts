import { createHash } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import { createOneTimeCodes } from './codes.ts';
import { isOurHost, isOurPage, type RequestHeaders } from './origin.ts';
import { openSessionBook } from './session-book.ts';
import { isKeyOf, isSame, issueSession, type SessionHalves, sessionMs, sessionOf } from './sessions.ts';
import { openToken, renewToken } from './token.ts';
import { ownValue } from '../../../lib/own-value.ts';

/** The headers by which somebody asks to be let in. */
export interface DoorHeaders extends RequestHeaders {
  cookie?: string | undefined;
  authorization?: string | undefined;
  /** The key of the session; see `keyHeader`. */
  'x-ninjad-key'?: string | string[] | undefined;
}

/** The header with the half of a session that the page keeps: in answers that issue it, and in requests that show it. */
export const keyHeader = 'x-ninjad-key' satisfies keyof DoorHeaders;

/**
 * By what somebody was let in: a session (of that id) or the token. `half-session` is a good cookie without its key, which
 * lets nobody in. A wrong token is worth counting, a missing one is not.
 */
export type Admission =
  { as: 'session'; id: string } | { as: 'bearer' } | { as: 'half-session' | 'wrong-token' | 'nobody' };

/** Which sessions have ended: one, by its id, or all and with them what the token has let in. */
export type Ended = { id: string } | 'all';

/** Who is let in to the dashboard. */
export interface Door {
  /** Whether the Host header is ours; everything else is refused before anything is looked at. */
  isOurHost(headers: DoorHeaders): boolean;
  /** Whether a request comes from a page of ours, or from none; see `isOurPage`. */
  isOurPage(headers: DoorHeaders): boolean;
  /**
   * Judges cookie and key (only together with a page of ours) or the bearer token. A socket cannot send the key as a header:
   * its page sends it later, as `key`.
   */
  admit(headers: DoorHeaders, key?: unknown): Admission;
  /** A one-time code for a link. */
  issueCode(): { code: string; expiresAt: number };
  /** Changes a one-time code for the halves of a session, the cookie as a Set-Cookie header; undefined for a bad one. */
  redeem(code: string): SessionHalves | undefined;
  /** Ends the session that these headers show both halves of. Throws where that cannot be kept beyond the daemon's end. */
  leave(headers: DoorHeaders): void;
  /** The Set-Cookie header that takes the cookie away. */
  forgetting(): string;
  /** Makes a new token: all sessions and open codes end. */
  renew(): void;
  /** Tells the listener what `leave` and `renew` have ended; returns the function that stops it. */
  onEnded(listener: (ended: Ended) => void): () => void;
  /** The secrets in memory, so that no picture of the insides shows them. */
  secrets(): readonly string[];
}

export interface DoorOptions {
  /** The file of the token. */
  tokenPath: string;
  /** The file of the open sessions. */
  sessionsPath: string;
  /** Names beside the loopback ones under which we may be reached; lower case, without port. */
  names: () => readonly string[];
  now?: () => number;
}

/** See `Door`. Reads or makes the token at once, and throws what the file system says where it cannot. */
export function createDoor({ tokenPath, sessionsPath, names, now = Date.now }: DoorOptions): Door {
  let token = openToken(tokenPath);
  const codes = createOneTimeCodes(now);
  const book = openSessionBook(sessionsPath, now);
  const listeners = new Set<(ended: Ended) => void>();
  // Cookies know no ports: two daemons of one machine must not throw each other's out.
  const cookieName = `ninjad-${createHash('sha256').update(tokenPath).digest('hex').slice(0, 8)}`;
  const setCookie = (value: string, maxAge: number): string =>
    stringifySetCookie({ name: cookieName, value, httpOnly: true, sameSite: 'strict', path: '/', maxAge });
  const tellEnded = (ended: Ended): void => {
    for (const listener of [...listeners]) listener(ended);
  };

  function judgeSession({ cookie: cookies }: DoorHeaders, key: unknown): Admission | undefined {
    const cookie = ownValue(parseCookie(cookies ?? ''), cookieName);
    const session = cookie === undefined ? undefined : sessionOf(cookie, token, now());
    if (cookie === undefined || session === undefined || !book.has(session.id)) return undefined;
    const isWhole = typeof key === 'string' && isKeyOf(key, cookie, token);
    return isWhole ? { as: 'session', id: session.id } : { as: 'half-session' };
  }

  function admit(headers: DoorHeaders, key: unknown = headers[keyHeader]): Admission {
    if (!isOurPage(headers, names())) return { as: 'nobody' };
    const session = judgeSession(headers, key);
    if (session?.as === 'session') return session;
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer === undefined) return session ?? { as: 'nobody' };
    return { as: isSame(bearer, token) ? 'bearer' : 'wrong-token' };
  }

  return {
    isOurHost: ({ host }) => isOurHost(host, names()),
    isOurPage: (headers) => isOurPage(headers, names()),
    admit,
    issueCode: () => codes.issue(),
    redeem(code) {
      if (!codes.redeem(code)) return undefined;
      const { cookie, key, ...session } = issueSession(token, now());
      book.add(session);
      return { cookie: setCookie(cookie, sessionMs / 1000), key };
    },
    leave(headers) {
      const admission = admit(headers);
      if (admission.as !== 'session') return;
      tellEnded({ id: admission.id });
      book.remove(admission.id);
    },
    forgetting: () => setCookie('', 0),
    renew() {
      token = renewToken(tokenPath);
      codes.revoke();
      book.clear();
      tellEnded('all');
    },
    onEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    secrets: () => [token],
  };
}
