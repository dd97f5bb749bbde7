import { WebSocket } from 'ws';
import type { Visitor } from './dashboard.ts';
import { until } from './daemon.ts';

/** A WebSocket to the dashboard that says what no page of ours would: frames as they are. */
export interface RawSocket {
  send(frame: string | Buffer): void;
  /** All frames that came so far. */
  frames(): readonly string[];
  /** Whether the other side has hung up. */
  isClosed(): boolean;
  /** Waits for a frame that contains this text. */
  hears(text: string): Promise<string>;
}

const open = new Set<WebSocket>();

/** Ends what a test has left open; for `afterEach`. */
export function closeRawSockets(): void {
  for (const socket of open) socket.terminate();
  open.clear();
}

/** Goes through engine.io's handshake and joins the default namespace, as a page does. */
export async function openRawSocket({
  url,
  cookie,
  key,
}: Pick<Visitor, 'url' | 'cookie' | 'key'>): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    headers: { cookie, origin: url },
  });
  open.add(socket);
  const frames: string[] = [];
  let closed = false;
  socket.on('message', (data: Buffer) => {
    const frame = data.toString('utf8');
    if (frame === '2') socket.send('3');
    else frames.push(frame);
  });
  socket.on('close', () => (closed = true));
  socket.on('error', () => (closed = true));
  const raw: RawSocket = {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    frames: () => frames,
    isClosed: () => closed,
    async hears(text) {
      const found = (): string | undefined => frames.find((frame) => frame.includes(text));
      await until(`a frame with ${text}`, () => {
        if (closed && found() === undefined) throw new Error(`hung up before ${text} came`);
        return found() !== undefined;
      });
      return String(found());
    },
  };
  await raw.hears('0{');
  raw.send(`40${JSON.stringify({ key })}`);
  await raw.hears('40{');
  return raw;
}
