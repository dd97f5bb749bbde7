import { Router } from 'express';

/** Whether the daemon does its work; `reasons` says in words why not. */
export interface Readiness {
  ready: boolean;
  reasons: string[];
}

/** The heartbeat of the scheduler. */
export interface SchedulerHealth {
  lastTickMsAgo: number | null;
  stuck: boolean;
}

export interface Health {
  readiness: () => Readiness;
  scheduler: () => SchedulerHealth;
}

/**
 * For service managers and monitors, open to whoever reaches the port, since it tells nothing about the owner: `/healthz` is
 * 200 while the process answers and the scheduler ticks (503 where it has not for three times its longest wait), `/readyz` 200 while the tree is up and the database is there, else 503 with the reasons.
 */
export function healthRoutes({ readiness, scheduler }: Health): Router {
  const router = Router();
  router.get('/healthz', (_, response) => {
    const { lastTickMsAgo, stuck } = scheduler();
    response
      .set('cache-control', 'no-store')
      .status(stuck ? 503 : 200)
      .json({ alive: !stuck, scheduler: { lastTickMsAgo, stuck } });
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
