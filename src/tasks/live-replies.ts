import type { TaskFacts } from './facts.ts';
import type { Bus } from '../lib/bus.ts';

/** A reply while it is written. */
export interface LiveReply {
  taskId: number;
  eventId: number;
  /** The attempt that writes it: another one begins anew. */
  stream: string;
  text: string;
}

/** What running tasks have written so far, so that whoever comes late or comes back gets the whole. */
export interface LiveReplies {
  of(taskId: number): LiveReply | undefined;
  /** Calls the listener for each piece, with the offset at which it begins; returns the function that stops it. */
  onPiece(listener: (piece: { reply: LiveReply; offset: number; text: string }) => void): () => void;
  close(): void;
}

/** Past it a reply is no longer followed: the whole of it comes with its end. In UTF-16 units. */
const maxChars = 2_000_000;

/** See `LiveReplies`. Holds the replies of running tasks only, of which there are as many as lanes. */
export function createLiveReplies(bus: Pick<Bus<TaskFacts>, 'on'>): LiveReplies {
  const replies = new Map<number, LiveReply>();
  const listeners = new Set<(piece: { reply: LiveReply; offset: number; text: string }) => void>();
  let streams = 0;
  const begin = (taskId: number, eventId: number): LiveReply => {
    const reply = {
      taskId,
      eventId,
      stream: `${taskId}.${(streams += 1)}.${Date.now().toString(36)}`,
      text: '',
    };
    replies.set(taskId, reply);
    return reply;
  };
  const stops = [
    bus.on('task.state', ({ taskId, eventId, state }) => {
      if (state === 'running') begin(taskId, eventId);
      else replies.delete(taskId);
    }),
    bus.on('task.text', ({ taskId, eventId, text }) => {
      const reply = replies.get(taskId) ?? begin(taskId, eventId);
      if (reply.text.length + text.length > maxChars) return;
      const offset = reply.text.length;
      reply.text += text;
      for (const listener of listeners) listener({ reply, offset, text });
    }),
  ];
  return {
    of: (taskId) => replies.get(taskId),
    onPiece(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
