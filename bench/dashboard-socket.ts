import { readFileSync } from 'node:fs';
import { io, type Socket } from 'socket.io-client';
import type { Topic } from '../src/faces/dashboard/topics.ts';
import { homePaths } from '../src/lib/config/paths.ts';
import type { BenchDaemon } from './daemon.ts';

/** Comes in as a script does, by the token, and follows the topics as a page does. */
export async function openSocket({ client, home }: BenchDaemon, topics: readonly Topic[]): Promise<Socket> {
  const { url } = (await client.ask('status.get', {})).dashboard;
  if (url === null) throw new Error('the dashboard is not open');
  const token = readFileSync(homePaths(home).token, 'utf8').trim();
  const socket = io(url, {
    transports: ['websocket'],
    extraHeaders: { authorization: `Bearer ${token}` },
    forceNew: true,
  });
  for (const topic of topics) {
    const answer = (await socket.emitWithAck('watch', { topic })) as { ok: boolean };
    if (!answer.ok) throw new Error(`the dashboard does not let us follow ${topic}`);
  }
  return socket;
}
