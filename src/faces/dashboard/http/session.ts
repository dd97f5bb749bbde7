import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { type Door, type DoorHeaders, keyHeader } from '../door/door.ts';
import type { RefuseWrong } from './guard.ts';

const maxBodyBytes = 4 * 1024;
const enterBody = z.strictObject({ code: z.string().min(1).max(200) });

/**
 * The door itself: POST changes a one-time code for the cookie and the key of a session, GET says whether both are good,
 * DELETE ends the session.
 */
export function sessionRoutes(door: Door, refuseWrong: RefuseWrong): Router {
  const router = Router();
  router.use((_, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  router.get('/', ({ headers }, response) => {
    response.status(door.admit(headers).as === 'session' ? 204 : 401).end();
  });
  router.post('/', fromOurPage(door), express.json({ limit: maxBodyBytes }), (request, response) => {
    const parsed = enterBody.safeParse(request.body);
    const session = parsed.success ? door.redeem(parsed.data.code) : undefined;
    if (session === undefined) {
      const message = 'this link was used before or is too old; `ninjad dashboard` prints a new one';
      refuseWrong(request, response, message);
      return;
    }
    response
      .set({ 'set-cookie': session.cookie, [keyHeader]: session.key })
      .status(204)
      .end();
  });
  router.delete('/', fromOurPage(door), ({ headers }, response) => {
    response.set('set-cookie', door.forgetting());
    door.leave(headers);
    response.status(204).end();
  });
  return router;
}

/** A foreign page must neither log a browser in nor out. */
function fromOurPage(door: Door): RequestHandler {
  return ({ headers }, response, next) => {
    if (door.isOurPage(headers)) next();
    else response.status(403).json({ error: { code: 'FOREIGN_PAGE', message: foreignPage(headers) } });
  };
}

/** A reverse proxy that rewrites Host makes our own page look foreign, which its owner cannot guess. */
function foreignPage({ origin, host = '' }: DoorHeaders): string {
  const only = 'only a page of this daemon may ask for that';
  if (origin === undefined || origin === 'null') return only;
  return `${only}: this one is of ${origin.slice(0, 200)}, and the request names the host ${host}. A reverse proxy has to hand the host on: in nginx, proxy_set_header Host $http_host;`;
}
