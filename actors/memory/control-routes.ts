import { once } from 'node:events';
import type { Express, Response } from 'express';
import { readRequest } from '../../src/lib/control/requests.ts';
import type { MemoryDesk } from '../../src/lib/memory/desk.ts';
import {
  memoriesQuery,
  memoryEditBody,
  memoryFilter,
  memoryForgetBody,
  memoryId,
  memoryImportBody,
  memoryPinBody,
} from '../../src/lib/memory/requests.ts';

/** The memories on the control server; `/v1/memories.jsonl` is all of them that fit, an export line each. */
export function addMemoryRoutes(app: Express, memories: MemoryDesk): void {
  app.get('/v1/memories', async ({ query }, response) => {
    response.json(await memories.list(readRequest(memoriesQuery, query)));
  });
  app.get('/v1/memories.jsonl', async ({ query }, response) => {
    await sendLines(response, memories.export(readRequest(memoryFilter, query)));
  });
  app.post('/v1/memories/forget', async ({ body }, response) => {
    response.json(await memories.forget(readRequest(memoryForgetBody, body).ids));
  });
  app.post('/v1/memories/import', async ({ body }, response) => {
    response.json(await memories.import(readRequest(memoryImportBody, body)));
  });
  app.get('/v1/memories/:id', async ({ params }, response) => {
    response.json(await memories.memory(readRequest(memoryId, params.id)));
  });
  app.patch('/v1/memories/:id', async ({ params, body }, response) => {
    response.json(await memories.edit(readRequest(memoryId, params.id), readRequest(memoryEditBody, body)));
  });
  app.put('/v1/memories/:id/pin', async ({ params, body }, response) => {
    response.json(
      await memories.pin(readRequest(memoryId, params.id), readRequest(memoryPinBody, body).pinned),
    );
  });
}

/** Reads the next page only when the one before is on its way, and none for a reader who has gone. */
async function sendLines(response: Response, pages: AsyncIterable<readonly unknown[]>): Promise<void> {
  for await (const page of pages) {
    if (response.destroyed) return;
    if (!response.headersSent) response.setHeader('content-type', 'application/x-ndjson');
    const isTaken = response.write(page.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
