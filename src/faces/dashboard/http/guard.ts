import type { IncomingHttpHeaders } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Door } from '../door/door.ts';

const windowMs = 60_000;
const wrongOnesPerWindow = 20;

/** Refuses a wrong token or code, at a bounded rate an address. */
export type RefuseWrong = (request: Request, response: Response, message: string) => void;

/** The token that a request shows which is let in by one of its own; undefined where it shows none, or one too long to be ours. */
export function bearerOf({
  authorization = '',
}: Pick<IncomingHttpHeaders, 'authorization'>): string | undefined {
  return /^Bearer +(\S{1,200})$/i.exec(authorization)?.[1];
}

/** Lets in who has both halves of a session (from a page of ours) or the token. */
export function guard(door: Door, refuseWrong: RefuseWrong): RequestHandler {
  return (request, response, next) => {
    response.set('cache-control', 'no-store');
    switch (door.admit(request.headers).as) {
      case 'session':
      case 'bearer':
        next();
        break;
      case 'wrong-token':
        refuseWrong(
          request,
          response,
          'that is not the token of this daemon; it is in the file "token" of its home',
        );
        break;
      case 'half-session':
        refuse(
          response,
          401,
          'NO_SESSION',
          'the cookie is half a session, and the page has lost the other half: open a link that `ninjad dashboard` prints',
        );
        break;
      case 'nobody':
        refuse(
          response,
          401,
          'NO_SESSION',
          'open the link that `ninjad dashboard` prints, or send the token',
        );
    }
  };
}

/**
 * Counts what was judged and found wrong, and nothing else: 401 for the first twenty in a minute from one address, 429 for
 * the rest. Whoever has the right token or code is let in meanwhile, since neither can be guessed at any rate.
 */
export function wrongTokenLimit(): RefuseWrong {
  const count = rateLimit({
    windowMs,
    limit: wrongOnesPerWindow,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // No proxy is trusted: the address is the connection's own.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_, response) => {
      refuse(response, 429, 'TOO_FAST', 'too many wrong tokens; wait a minute, then try again');
    },
  });
  return (request, response, message) => {
    void count(request, response, (thrown?: unknown) => {
      if (thrown === undefined) refuse(response, 401, 'WRONG_TOKEN', message);
      else refuse(response, 500, 'INTERNAL', 'something went wrong here');
    });
  };
}

function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}
