import compression from 'compression';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Dispatch } from '../../../lib/operations/dispatch.ts';
import type { OperationTable } from '../../../lib/operations/operation.ts';
import type { Door } from '../door/door.ts';
import { type AgentDoor, agentRoutes } from './agents.ts';
import { apiRoutes } from './api.ts';
import { type FleetDoor, fleetRoutes } from './fleet.ts';
import { guard, wrongTokenLimit } from './guard.ts';
import { type Health, healthRoutes } from './health.ts';
import { pageRoutes } from './pages.ts';
import { sessionRoutes } from './session.ts';

/** What the dashboard's HTTP side stands on. */
export interface AppDeps {
  door: Door;
  operations: OperationTable;
  dispatch: Dispatch;
  health: Health;
  /** The figures in Prometheus' text format. */
  metrics: () => Promise<{ contentType: string; text: string }>;
  /** What of the fleet is open to others. */
  fleet?: FleetDoor;
  /** What running agents may ask for. */
  agents?: AgentDoor;
}

/**
 * The dashboard over HTTP. Open to everybody who reaches it by our name: the pages and libraries (they hold no data),
 * `/session`, `/healthz`, `/readyz`; `/fleet/push` to hosts with a token of their own, `/mcp` to agents with one, `/status` where the owner wants it. Behind
 * the door: `/api/…` and `/metrics`.
 */
export function createApp({ door, operations, dispatch, health, metrics, fleet, agents }: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple');
  app.use(ourHostOnly(door), securityHeaders(), compression());
  app.use(healthRoutes(health));
  const refuseWrong = wrongTokenLimit();
  if (fleet !== undefined) app.use(fleetRoutes(fleet, refuseWrong));
  if (agents !== undefined) app.use(agentRoutes(agents, refuseWrong));
  app.use('/session', sessionRoutes(door, refuseWrong));
  app.get('/metrics', guard(door, refuseWrong), async (_, response) => {
    const { contentType, text } = await metrics();
    response.set('cache-control', 'no-store').type(contentType).send(text);
  });
  app.use('/api', guard(door, refuseWrong), apiRoutes(operations, dispatch));
  app.use(pageRoutes());
  app.use(answerError);
  return app;
}

/** A foreign name that leads here is DNS rebinding: its page must learn nothing, not even that we are. */
function ourHostOnly(door: Door): RequestHandler {
  return (request, response, next) => {
    if (door.isOurHost(request.headers)) next();
    else response.status(421).type('text/plain').send('This address is not one of mine.\n');
  };
}

/**
 * What force-graph writes into style elements of its own, by its bytes: one that is empty at first, cursors, a tooltip. A
 * version that writes something else shows as an error in the console, which the browser tests refuse.
 */
const graphStyles = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-jtRRMYY2VbEXuBKbHvqM1/fPT8vazFrEooXdvwUK4y8='",
  "'sha256-9xjtvxMT1ApHlgn9ohbh2FNfvK5Tqtzy94BjfXBeMSY='",
];

/** What a page loads: a policy governs documents and workers, and we have no workers. */
const partOfPage = /\.(?:js|css|woff2)$/;

/** The policy of a page is as long as many a module, and a page loads dozens of them. */
function securityHeaders(): RequestHandler {
  const ofPages = pageHeaders();
  return (request, response, next) => {
    if (!partOfPage.test(request.path)) {
      ofPages(request, response, next);
      return;
    }
    response.set({ 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' });
    next();
  };
}

/** No inline script or style, nothing from elsewhere, nobody's frame. HSTS would lock people out: loopback is plain HTTP. */
function pageHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", ...graphStyles],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
}

// Express knows an error handler by its four parameters.
const answerError: ErrorRequestHandler = (thrown: unknown, _request, response, _next) => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, message } = describe(thrown);
  response.status(status).json({ error: { code: status < 500 ? 'USAGE' : 'INTERNAL', message } });
};

/** Express and its parsers put the status of a bad request on the error; what else is thrown is told to nobody outside. */
function describe(thrown: unknown): { status: number; message: string } {
  const { status, message } = thrown as { status?: unknown; message?: unknown };
  const isTheirs = typeof status === 'number' && status >= 400 && status < 500;
  return isTheirs
    ? { status, message: String(message) }
    : { status: 500, message: 'something went wrong here; the log says what' };
}
