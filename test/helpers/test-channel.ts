import type { Channel, OutgoingMessage } from '../../src/outbox/channel.ts';

/** A channel whose other side is the test. */
export interface TestChannel extends Channel {
  /** All that was handed over, in order, whatever came of it. */
  sent: OutgoingMessage[];
  /** What the other side does with a message; by default it takes it. */
  behave: (message: OutgoingMessage, signal: AbortSignal) => unknown;
  /** Says that the other side is back. */
  comeBack: () => void;
}

export function testChannel(options: Partial<Channel> = {}): TestChannel {
  const listeners = new Set<() => void>();
  const channel: TestChannel = {
    name: 'test',
    repeats: 'recognised',
    sent: [],
    behave: ({ token }) => ({ took: token }),
    comeBack: () => listeners.forEach((listener) => listener()),
    deliver(message, signal) {
      channel.sent.push(message);
      return Promise.resolve().then(() => channel.behave(message, signal));
    },
    onBack(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...options,
  };
  return channel;
}
