import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import { fromCallback } from 'xstate';
import { z } from 'zod';
import type {
  ControlServerCommand,
  ControlServerFact,
  ControlServerInput,
} from '../../machines/control/protocol.ts';
import { messageOf, NotFoundError } from '../../src/lib/errors.ts';
import { answerOf } from '../../src/lib/operations/answer.ts';
import { type Dispatch, readRequest } from '../../src/lib/operations/dispatch.ts';
import { id } from '../../src/lib/operations/fields.ts';
import type { OpenInspection } from '../../src/inspection/inspection-message.ts';
import { type MemoryFilterQuery, memoryFilter } from '../../src/memory/requests.ts';
import type { ExportedMemory } from '../../src/memory/memories.ts';
import type { TranscriptMessage } from '../../src/tasks/transcript-stream.ts';
import type { WatchMessage } from '../../src/tasks/watch-event.ts';
import { createInspectionStreams, type InspectionStreams } from './inspection-streams.ts';
import { sendExport } from './send-export.ts';

const maxConnections = 128;
const maxBodyBytes = 4 * 1024 * 1024;
const maxUnreadBytes = 4 * 1024 * 1024;

/** Everything that the command line asks a daemon for. */
export interface ControlService {
  dispatch: Dispatch;
  inspect: OpenInspection;
  /**
   * Calls `send` with what happens to the event of this `dedupKey`, `ended` last; returns the function that stops it.
   * The server itself sends `watching` when this has returned.
   */
  watch(dedupKey: string, send: (message: WatchMessage) => void): () => void;
  /** The transcript of a task and what comes, `ended` last; resolves to the function that stops it. */
  followTranscript(taskId: number, send: (message: TranscriptMessage) => void): Promise<() => void>;
  /** All memories that fit, the oldest first, page by page. */
  exportMemories(filter: MemoryFilterQuery): AsyncIterable<readonly ExportedMemory[]>;
}

/** The key of a watched event in a path (see `eventKey`). */
const watchKey = z
  .string()
  .regex(/^[^\s\p{C}]{1,400}$/u, 'expected a key of up to 400 characters without blanks');

/**
 * The control socket (JSON over HTTP on a Unix socket of mode 0600). `POST /v1/operations/:name` serves the table of
 * operations; what lasts is streamed as NDJSON at places of its own.
 * A stale socket file is removed first, so the caller must hold the home's lock. On `child.stop` streams are ended,
 * calls under way are answered, and `control.closed` is sent; stopping the actor closes everything at once.
 */
export function createControlServer(service: ControlService) {
  return fromCallback<ControlServerCommand, ControlServerInput>(({ input, sendBack, receive }) => {
    const { socketPath } = input;
    const tell = (fact: ControlServerFact) => sendBack(fact);
    const watches = new Set<Response>();
    const inspections = createInspectionStreams(service.inspect, () => tell({ type: 'inspections.pending' }));
    const server = createServer(routes(service, watches, inspections));
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

function routes(service: ControlService, watches: Set<Response>, inspections: InspectionStreams): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(express.json({ limit: maxBodyBytes }));

  app.post('/v1/operations/:name', async ({ params, body }, response) => {
    const { status, answer } = await service.dispatch(params.name, body, { by: 'cli' });
    response.status(status).json(answer.ok ? answer.data : { error: answer.error });
  });
  app.get('/v1/tasks/:id/transcript/follow', async ({ params }, response) => {
    const taskId = readRequest(id, params.id);
    watches.add(response);
    response.once('close', () => watches.delete(response));
    const stop = await service.followTranscript(taskId, lineSender(response));
    if (response.closed) stop();
    else response.once('close', stop);
  });
  app.get('/v1/memories.jsonl', async ({ query }, response) => {
    await sendExport(response, service.exportMemories(readRequest(memoryFilter, query)));
  });
  app.get('/v1/inspect', (_, response) => inspections.serve(response));
  app.get('/v1/watch/:key', ({ params }, response) => {
    streamWatch(service, readRequest(watchKey, params.key), response, watches);
  });

  app.use(({ method, path }) => {
    throw new NotFoundError(`the control socket has no ${method} ${path}`);
  });
  app.use(answerError);
  return app;
}

function streamWatch(service: ControlService, key: string, response: Response, watches: Set<Response>): void {
  const send = lineSender(response);
  // What `watch` reports before it returns must not overtake `watching`.
  let early: WatchMessage[] | undefined = [];
  const stop = service.watch(key, (message) => {
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
