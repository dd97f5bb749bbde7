import type { RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Door } from '../door/door.ts';

const windowMs = 60_000;
const wrongOnesPerWindow = 20;

/** Marks an answer to a wrong token or code, which is what the limit counts. */
export function refuseWrong(response: Response, message: string): void {
  response.locals['wasWrong'] = true;
  refuse(response, 401, 'WRONG_TOKEN', message);
}

/** Lets in who has the cookie (from a page of ours) or the token. */
export function guard(door: Door): RequestHandler {
  return ({ headers }, response, next) => {
    response.set('cache-control', 'no-store');
    switch (door.admit(headers)) {
      case 'session':
      case 'bearer':
        next();
        break;
      case 'wrong-token':
        refuseWrong(response, 'that is not the token of this daemon; it is in the file "token" of its home');
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

/** After twenty wrong tokens or codes in a minute from one address, no more from there are looked at until it has passed. */
export function wrongTokenLimit(door: Door): RequestHandler {
  return rateLimit({
    windowMs,
    limit: wrongOnesPerWindow,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_, response) => response.locals['wasWrong'] !== true,
    // Who is let in already tries nothing, and must not be kept out by somebody else's tries.
    skip: ({ headers }) => door.admit(headers) === 'session',
    // No proxy is trusted: the address is the connection's own.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_, response) =>
      refuse(response, 429, 'TOO_FAST', 'too many wrong tokens; wait a minute, then try again'),
  });
}

function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}
