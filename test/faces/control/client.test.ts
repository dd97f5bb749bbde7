import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operations } from '../../../src/operations.ts';
import { createControlClient } from '../../../src/faces/control/client.ts';
import { splitLines } from '../../../src/faces/control/split-lines.ts';
import { eventually } from '../../helpers/eventually.ts';

let folder: string;
let socketPath: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninjad-client-'));
  socketPath = join(folder, 'control.sock');
});
afterEach(async () => {
  server?.closeAllConnections();
  if (server !== undefined) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function serve(listener: RequestListener) {
  server = createServer(listener);
  await new Promise<void>((resolve) => void server?.listen(socketPath, resolve));
  return createControlClient<Operations>(socketPath);
}

describe('control client', () => {
  it('says that no daemon runs and how to start one', async () => {
    await expect(createControlClient<Operations>(socketPath).ask('status.get', {})).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      message: expect.stringContaining('ninjad up') as string,
    });
  });

  it('carries the code and the sentence of a refusal', async () => {
    const client = await serve((_, response) => {
      response.writeHead(409).end('{"error":{"code":"CONFLICT","message":"task 12 is done"}}');
    });
    await expect(client.ask('task.get', { id: 12 })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'task 12 is done',
    });
  });

  it('says so when the answer is not JSON, or a refusal has no error in it', async () => {
    const client = await serve(({ url }, response) => {
      if (url === '/v1/operations/status.get') response.end('<html>');
      else response.writeHead(500).end('{}');
    });
    await expect(client.ask('status.get', {})).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    await expect(client.ask('config.list', {})).rejects.toMatchObject({
      message: 'the daemon answered with HTTP status 500',
    });
  });

  it('says so when the daemon goes away in the middle of an answer, or before it', async () => {
    const client = await serve(({ url, socket }, response) => {
      if (url === '/v1/operations/status.get') socket.destroy();
      else response.writeHead(200, { 'content-length': '100' }).write('[', () => socket.destroy());
    });
    await expect(client.ask('status.get', {})).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(client.ask('tasks.list', {})).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('gives up a daemon that does not answer, or not to the end, and hangs up', async () => {
    let open = 0;
    await serve(({ url, socket }, response) => {
      open += 1;
      socket.once('close', () => (open -= 1));
      if (url === '/v1/operations/tasks.list')
        response.writeHead(200, { 'content-length': '100' }).write('[');
    });
    const client = createControlClient<Operations>(socketPath, { answerMs: 50 });
    const late = { code: 'NO_ANSWER', message: 'no answer within 50 ms' };
    await expect(client.ask('status.get', {})).rejects.toMatchObject(late);
    await expect(client.ask('tasks.list', {})).rejects.toMatchObject(late);
    await eventually(() => expect(open).toBe(0));
  });

  it('ends a watch, without an error, when the daemon goes away', async () => {
    const client = await serve(({ socket }, response) => {
      response.write('{"type":"watching"}\n{"type":"acce', () => socket.destroy());
    });
    const seen = [];
    for await (const message of client.watch('key')) seen.push(message);
    expect(seen).toEqual([{ type: 'watching' }]);
  });

  it('quotes keys and filters for the address, and sends an input as it is', async () => {
    const asked: string[] = [];
    const client = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        response.end('{"type":"watching"}');
      });
    });
    for await (const _ of client.watch('a/../b?c')) expect(_).toBeDefined();
    for await (const _ of client.exportMemories({ source: 'a&b=c', tag: undefined })) expect(_).toBeDefined();
    await client.ask('events.list', { source: 'a&b=c', status: undefined, limit: 3 });
    expect(asked).toEqual([
      'GET /v1/watch/a%2F..%2Fb%3Fc ',
      'GET /v1/memories.jsonl?source=a%26b%3Dc ',
      'POST /v1/operations/events.list {"source":"a&b=c","limit":3}',
    ]);
  });
});

describe('lines of a stream', () => {
  async function linesOf(...chunks: Uint8Array[]): Promise<string[]> {
    const lines: string[] = [];
    async function* source() {
      for (const chunk of chunks) yield await Promise.resolve(chunk);
    }
    for await (const line of splitLines(source())) lines.push(line);
    return lines;
  }

  it('are put together across chunks that cut through lines and characters', async () => {
    const bytes = Buffer.from('one ✓\ntwo\u2028still two\r\n\nlast\n');
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const expected = ['one ✓', 'two\u2028still two\r', '', 'last'];
    expect(await linesOf(...single)).toEqual(expected);
    expect(await linesOf(bytes)).toEqual(expected);
  });

  it('do not include a last one that was cut off', async () => {
    expect(await linesOf(Buffer.from('whole\nhal'))).toEqual(['whole']);
  });
});
