import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import { fromCallback } from 'xstate';
import type { ControlApi } from '../src/lib/control/api.ts';
import { NotFoundError } from '../src/lib/control/errors.ts';
import { answerOf } from '../src/lib/control/answer.ts';
import {
  agentCallBody,
  agentOpenBody,
  costQuery,
  eventQuery,
  explainBody,
  linkBody,
  noticeQuery,
  noticesSeenBody,
  readRequest,
  settingBody,
  sqlBody,
  steerBody,
  taskId,
  taskQuery,
  watchKey,
} from '../src/lib/control/requests.ts';
import type { WatchMessage } from '../src/lib/control/watch.ts';
import { messageOf } from '../src/lib/errors.ts';
import { recallBody } from '../src/lib/recall/requests.ts';
import { addGraphRoutes } from './graph/control-routes.ts';
import { createInspectionStreams, type InspectionStreams } from './inspection-streams.ts';
import { addMemoryRoutes } from './memory/control-routes.ts';

export interface ControlServerInput {
  /** Path of the Unix socket, in a folder that only we can enter. */
  socketPath: string;
}

/** What the server hears: an orderly end, and to send what inspectors wait for. */
export type ControlServerCommand = { type: 'child.stop' } | { type: 'inspections.flush' };

/** What the server tells its parent. `control.failed` and `control.closed` are its last words. */
export type ControlServerFact =
  | { type: 'inspections.pending' }
  | { type: 'control.listening'; socketPath: string }
  | { type: 'control.failed'; message: string }
  | { type: 'control.closed' };

const maxConnections = 128;
const maxBodyBytes = 4 * 1024 * 1024;
const maxUnreadBytes = 4 * 1024 * 1024;

/**
 * The control API (JSON over HTTP on a Unix socket of mode 0600; `/v1/watch/:key` streams NDJSON).
 * A stale socket file is removed first, so the caller must hold the home's lock. On `child.stop` streams are ended,
 * calls under way are answered, and `control.closed` is sent; stopping the actor closes everything at once.
 */
export function createControlServer(api: ControlApi) {
  return fromCallback<ControlServerCommand, ControlServerInput>(({ input, sendBack, receive }) => {
    const { socketPath } = input;
    const tell = (fact: ControlServerFact) => sendBack(fact);
    const watches = new Set<Response>();
    const inspections = createInspectionStreams(api.inspect, () => tell({ type: 'inspections.pending' }));
    const server = createServer(routes(api, watches, inspections));
    server.maxConnections = maxConnections;
    server.on('error', (error) =>
      tell({ type: 'control.failed', message: `control socket: ${messageOf(error)}` }),
    );
    listen(server, socketPath, tell);

    let closing = false;
    const close = () => {
      if (closing) return;
      closing = true;
      for (const stream of watches) stream.end();
      inspections.close();
      server.close(() => tell({ type: 'control.closed' }));
      server.closeIdleConnections();
    };
    receive(({ type }) => {
      if (type === 'child.stop') close();
      else inspections.flush();
    });
    return () => {
      close();
      server.closeAllConnections();
    };
  });
}

function listen(server: Server, socketPath: string, tell: (fact: ControlServerFact) => void): void {
  const fail = (thrown: unknown) => {
    tell({ type: 'control.failed', message: `cannot listen on ${socketPath}: ${messageOf(thrown)}` });
  };
  server.once('listening', () => {
    try {
      // The folder is private already; the file says the same to whoever looks.
      chmodSync(socketPath, 0o600);
      tell({ type: 'control.listening', socketPath });
    } catch (thrown) {
      fail(thrown);
    }
  });
  server.on('error', fail);
  try {
    rmSync(socketPath, { force: true });
    server.listen(socketPath);
  } catch (thrown) {
    fail(thrown);
  }
}

function routes(api: ControlApi, watches: Set<Response>, inspections: InspectionStreams): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(express.json({ limit: maxBodyBytes }));

  app.get('/v1/status', async (_, response) => void response.json(await api.status()));

  app.get('/v1/tasks', async ({ query }, response) => {
    response.json(await api.tasks(readRequest(taskQuery, query)));
  });
  app.get('/v1/tasks/:id', async ({ params }, response) => {
    response.json(await api.task(readRequest(taskId, params.id)));
  });
  app.get('/v1/tasks/:id/transcript', async ({ params }, response) => {
    response.json(await api.transcript(readRequest(taskId, params.id)));
  });
  app.get('/v1/tasks/:id/transcript/follow', async ({ params }, response) => {
    const id = readRequest(taskId, params.id);
    watches.add(response);
    response.once('close', () => watches.delete(response));
    const stop = await api.followTranscript(id, lineSender(response));
    if (response.closed) stop();
    else response.once('close', stop);
  });
  app.post('/v1/tasks/:id/cancel', async ({ params }, response) => {
    response.json(await api.cancelTask(readRequest(taskId, params.id)));
  });
  app.post('/v1/tasks/:id/retry', async ({ params }, response) => {
    response.json(await api.retryTask(readRequest(taskId, params.id)));
  });
  app.post('/v1/tasks/:id/steer', async ({ params, body }, response) => {
    response.json(await api.steerTask(readRequest(taskId, params.id), readRequest(steerBody, body).text));
  });

  app.get('/v1/events', async ({ query }, response) => {
    response.json(await api.events(readRequest(eventQuery, query)));
  });
  app.post('/v1/events/explain', async ({ body }, response) => {
    response.json(await api.explain(readRequest(explainBody, body).line));
  });

  app.get('/v1/cost', async ({ query }, response) => {
    response.json(await api.cost(readRequest(costQuery, query)));
  });
  app.get('/v1/notices', async ({ query }, response) => {
    response.json(await api.notices(readRequest(noticeQuery, query)));
  });
  app.post('/v1/notices/seen', async ({ body }, response) => {
    response.json(await api.seeNotices(readRequest(noticesSeenBody, body)));
  });

  app.post('/v1/recall', async ({ body }, response) => {
    response.json(await api.recall(readRequest(recallBody, body)));
  });
  addMemoryRoutes(app, api.memories);
  addGraphRoutes(app, api.graph);

  app.get('/v1/config', async (_, response) => void response.json(await api.settings()));
  app.get(
    '/v1/config/:key',
    async ({ params }, response) => void response.json(await api.setting(params.key)),
  );
  app.put('/v1/config/:key', async ({ params, body }, response) => {
    response.json(await api.setSetting(params.key, readRequest(settingBody, body).value));
  });
  app.delete('/v1/config/:key', async ({ params }, response) => {
    response.json(await api.unsetSetting(params.key));
  });

  app.post('/v1/dashboard/link', async ({ body }, response) => {
    response.json(await api.dashboardLink(readRequest(linkBody, body)));
  });

  app.post('/v1/agent/open', ({ body }, response) => {
    response.json(api.agent.open(readRequest(agentOpenBody, body).token));
  });
  app.post('/v1/agent/call', async ({ body }, response) => {
    const { session, tool, input } = readRequest(agentCallBody, body);
    response.json({ text: await api.agent.call(session, tool, input) });
  });

  app.post('/v1/sql', async ({ body }, response) => {
    response.json(await api.sql(readRequest(sqlBody, body).text));
  });

  app.get('/v1/inspect', (_, response) => inspections.serve(response));

  app.get('/v1/watch/:key', ({ params }, response) => {
    streamWatch(api, readRequest(watchKey, params.key), response, watches);
  });

  app.use(({ method, path }) => {
    throw new NotFoundError(`the control API has no ${method} ${path}`);
  });
  app.use(answerError);
  return app;
}

function streamWatch(api: ControlApi, key: string, response: Response, watches: Set<Response>): void {
  const send = lineSender(response);
  // What `watch` reports before it returns must not overtake `watching`.
  let early: WatchMessage[] | undefined = [];
  const stop = api.watch(key, (message) => {
    if (early === undefined) send(message);
    else early.push(message);
  });
  if (response.closed) {
    stop();
    return;
  }
  watches.add(response);
  response.once('close', () => {
    watches.delete(response);
    stop();
  });
  const pending = early;
  early = undefined;
  for (const message of [{ type: 'watching' } as const, ...pending]) send(message);
}

/** Writes messages as NDJSON, of which `ended` is the last. */
function lineSender(response: Response): (message: { type: string }) => void {
  return (message) => {
    if (response.writableEnded || response.destroyed) return;
    if (!response.headersSent) response.setHeader('content-type', 'application/x-ndjson');
    response.write(`${JSON.stringify(message)}\n`);
    if (message.type === 'ended') response.end();
    // Whoever does not read must not fill our memory.
    else if (response.writableLength > maxUnreadBytes) response.destroy();
  };
}

// Express knows an error handler by its four parameters.
const answerError: ErrorRequestHandler = (thrown: unknown, _request, response, _next) => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, error } = answerOf(thrown);
  response.status(status).json({ error });
};
