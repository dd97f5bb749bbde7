import express, { type Request, type Response, Router } from 'express';
import { maxPushBytes, readPushed } from '../../../fleet/push.ts';
import { hostName } from '../../../fleet/name.ts';
import type { Report } from '../../../fleet/report.ts';
import { bearerOf, type RefuseWrong } from './guard.ts';

/** What of the fleet is open to others than the owner. */
export interface FleetDoor {
  /** Takes the report of a host that shows its own token. */
  push: (name: string, token: string, report: Report) => Promise<'taken' | 'paused' | 'refused'>;
  /** The page for others; undefined where there is to be none. */
  statusPage: () => Promise<string | undefined>;
}

/**
 * `POST /fleet/push/NAME` for hosts that report by themselves, each let in by its own token and for its own report only, and
 * `/status` for whoever the owner shows it to, which is off by default.
 */
export function fleetRoutes({ push, statusPage }: FleetDoor, refuseWrong: RefuseWrong): Router {
  const router = Router();
  router.post(
    '/fleet/push/:name',
    express.text({ type: () => true, limit: maxPushBytes }),
    async (request: Request, response: Response) => {
      response.set('cache-control', 'no-store');
      const name = hostName.safeParse(request.params['name']);
      const token = bearerOf(request.headers);
      const read = readPushed(typeof request.body === 'string' ? request.body : '');
      if (!name.success || token === undefined) {
        refuseWrong(request, response, 'expected the token of that host as "Authorization: Bearer …"');
        return;
      }
      if ('problem' in read) {
        response.status(400).json({ error: { code: 'USAGE', message: read.problem } });
        return;
      }
      const taken = await push(name.data, token, read.report);
      if (taken === 'refused') refuseWrong(request, response, 'that is not the token of that host');
      else if (taken === 'paused')
        response.status(409).json({ error: { code: 'CONFLICT', message: 'that host is paused' } });
      else response.json({ taken: true });
    },
  );
  router.get('/status', async (_, response) => {
    const page = await statusPage();
    response.set('cache-control', 'no-store');
    if (page === undefined)
      response
        .status(404)
        .json({ error: { code: 'NOT_FOUND', message: 'there is nothing at this address' } });
    else response.type('html').send(page);
  });
  return router;
}
