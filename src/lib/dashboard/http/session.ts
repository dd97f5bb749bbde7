import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Door } from '../door/door.ts';
import { refuseWrong } from './guard.ts';

const maxBodyBytes = 4 * 1024;
const enterBody = z.strictObject({ code: z.string().min(1).max(200) });

/**
 * The door itself: POST changes a one-time code for the cookie, GET says whether the cookie is good, DELETE takes it away.
 */
export function sessionRoutes(door: Door, limit: RequestHandler): Router {
  const router = Router();
  router.use((_, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  router.get('/', ({ headers }, response) => {
    response.status(door.admit(headers) === 'session' ? 204 : 401).end();
  });
  router.post('/', limit, fromOurPage(door), express.json({ limit: maxBodyBytes }), ({ body }, response) => {
    const parsed = enterBody.safeParse(body);
    const cookie = parsed.success ? door.redeem(parsed.data.code) : undefined;
    if (cookie === undefined) {
      refuseWrong(response, 'this link was used before or is too old; `ninjad dashboard` prints a new one');
      return;
    }
    response.set('set-cookie', cookie).status(204).end();
  });
  router.delete('/', fromOurPage(door), (_, response) => {
    response.set('set-cookie', door.forgetting()).status(204).end();
  });
  return router;
}

/** A foreign page must neither log a browser in nor out. */
function fromOurPage(door: Door): RequestHandler {
  return ({ headers }, response, next) => {
    if (door.isOurPage(headers)) next();
    else
      response
        .status(403)
        .json({ error: { code: 'FOREIGN_PAGE', message: 'only a page of this daemon may ask for that' } });
  };
}
