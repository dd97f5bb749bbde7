import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { clockMs } from './clock.ts';

/** A fake of `POST /v1/messages` on loopback that answers at once, or never where the prompt says `hang`. */
export interface InstantApi {
  url: string;
  /** Resolves to the moment at which the next request with these words arrives. */
  arrival(words: string): Promise<number>;
  /** Resolves to the moment at which the answer to the next request with these words was given. */
  end(words: string): Promise<number>;
  close(): void;
}

/** Starts it on any free port. */
export async function startInstantApi(): Promise<InstantApi> {
  const awaited = new Map<string, (at: number) => void>();
  const ending = new Map<string, (at: number) => void>();
  const server = createServer((request, response) => {
    const at = clockMs();
    void text(request).then((body) => {
      tellOf(awaited, body, at);
      if (body.includes('please hang')) return;
      answer(response);
      tellOf(ending, body, clockMs());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrival: (words) => new Promise((resolve) => awaited.set(words, resolve)),
    end: (words) => new Promise((resolve) => ending.set(words, resolve)),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function tellOf(waiting: Map<string, (at: number) => void>, body: string, at: number): void {
  for (const [words, tell] of waiting) {
    if (!body.includes(words)) continue;
    waiting.delete(words);
    tell(at);
  }
}

function answer(response: ServerResponse): void {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage };
  const events: object[] = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'done' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events)
    response.write(`event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}
