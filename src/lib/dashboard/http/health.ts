import { Router } from 'express';

/** Whether the daemon does its work; `reasons` says in words why not. */
export interface Readiness {
  ready: boolean;
  reasons: string[];
}

export interface Health {
  readiness: () => Readiness;
}

/**
 * For service managers and monitors, open to whoever reaches the port, since it tells nothing about the owner: `/healthz` is
 * 200 while the process answers, `/readyz` 200 while the tree is up and the database is there, else 503 with the reasons.
 */
export function healthRoutes({ readiness }: Health): Router {
  const router = Router();
  router.get('/healthz', (_, response) => {
    response.set('cache-control', 'no-store').json({ alive: true });
  });
  router.get('/readyz', (_, response) => {
    const found = readiness();
    response
      .set('cache-control', 'no-store')
      .status(found.ready ? 200 : 503)
      .json(found);
  });
  return router;
}
