import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createControlClient } from '../../../src/lib/control/client.ts';
import { splitLines } from '../../../src/lib/control/split-lines.ts';

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
  return createControlClient(socketPath);
}

describe('control client', () => {
  it('says that no daemon runs and how to start one', async () => {
    await expect(createControlClient(socketPath).status()).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      message: expect.stringContaining('ninjad up') as string,
    });
  });

  it('carries the code and the sentence of a refusal', async () => {
    const client = await serve((_, response) => {
      response.writeHead(409).end('{"error":{"code":"CONFLICT","message":"task 12 is done"}}');
    });
    await expect(client.task('12')).rejects.toMatchObject({ code: 'CONFLICT', message: 'task 12 is done' });
  });

  it('says so when the answer is not JSON, or a refusal has no error in it', async () => {
    const client = await serve(({ url }, response) => {
      if (url === '/v1/status') response.end('<html>');
      else response.writeHead(500).end('{}');
    });
    await expect(client.status()).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    await expect(client.settings()).rejects.toMatchObject({
      message: 'the daemon answered with HTTP status 500',
    });
  });

  it('says so when the daemon goes away in the middle of an answer, or before it', async () => {
    const client = await serve(({ url, socket }, response) => {
      if (url === '/v1/status') socket.destroy();
      else response.writeHead(200, { 'content-length': '100' }).write('[', () => socket.destroy());
    });
    await expect(client.status()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(client.tasks()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('ends a watch, without an error, when the daemon goes away', async () => {
    const client = await serve(({ socket }, response) => {
      response.write('{"type":"watching"}\n{"type":"acce', () => socket.destroy());
    });
    const seen = [];
    for await (const message of client.watch('key')) seen.push(message);
    expect(seen).toEqual([{ type: 'watching' }]);
  });

  it('quotes keys and filters for the address', async () => {
    const asked: (string | undefined)[] = [];
    const client = await serve(({ url }, response) => {
      asked.push(url);
      response.end('[]');
    });
    await client.setting('a/../b?c');
    await client.events({ source: 'a&b=c', status: undefined, limit: 3 });
    await client.tasks();
    expect(asked).toEqual(['/v1/config/a%2F..%2Fb%3Fc', '/v1/events?source=a%26b%3Dc&limit=3', '/v1/tasks']);
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
