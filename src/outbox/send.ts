import { messageOf } from '../lib/errors.ts';
import {
  type Channel,
  ChannelAwayError,
  ChannelBusyError,
  defaultDeadlineMs,
  MessageRefusedError,
  type OutgoingMessage,
} from './channel.ts';
import type { ClaimedDelivery } from './rows/claim-deliveries.ts';

/** How an attempt ended. `unexplained`: past its deadline, or with an error that says nothing about the other side. */
export type SendResult =
  | { kind: 'delivered'; answer: unknown }
  | { kind: 'away'; reason: string; mayHaveArrived: boolean; answer: unknown }
  | {
      kind: 'busy';
      reason: string;
      retryAfterMs: number;
      scope: 'channel' | 'address';
      mayHaveArrived: boolean;
      answer: unknown;
    }
  | { kind: 'refused'; reason: string }
  | { kind: 'unexplained'; reason: string };

/** Hands one delivery to its channel, within the channel's deadline. Never rejects. */
export async function sendDelivery(
  channel: Channel,
  delivery: ClaimedDelivery,
  stop: AbortSignal,
): Promise<SendResult> {
  if (delivery.mayBeRepeat && channel.repeats === 'unwanted') {
    return { kind: 'refused', reason: 'it may have arrived already, and it is not sent twice unasked' };
  }
  const deadlineMs = channel.deadlineMs ?? defaultDeadlineMs;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
  try {
    return { kind: 'delivered', answer: await untilAborted(channel, messageOfDelivery(delivery), signal) };
  } catch (thrown) {
    if (thrown === signal.reason) {
      return {
        kind: 'unexplained',
        reason: stop.aborted ? 'the daemon stopped' : `no answer within ${deadlineMs} ms`,
      };
    }
    return resultOf(thrown);
  }
}

function untilAborted(channel: Channel, message: OutgoingMessage, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    // A channel may throw before it returns a promise.
    Promise.resolve()
      .then(() => channel.deliver(message, signal))
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function messageOfDelivery({ body, ...delivery }: ClaimedDelivery): OutgoingMessage {
  const { address, kind, eventId, taskId, subject, token, attempt, mayBeRepeat, lastAnswer } = delivery;
  return { address, kind, ...body, eventId, taskId, subject, token, attempt, mayBeRepeat, lastAnswer };
}

function resultOf(thrown: unknown): SendResult {
  const reason = messageOf(thrown);
  if (thrown instanceof MessageRefusedError) return { kind: 'refused', reason };
  if (thrown instanceof ChannelAwayError) {
    const { mayHaveArrived, answer } = thrown;
    return { kind: 'away', reason, mayHaveArrived, answer };
  }
  if (thrown instanceof ChannelBusyError) {
    const { retryAfterMs, scope, mayHaveArrived, answer } = thrown;
    return { kind: 'busy', reason, retryAfterMs, scope, mayHaveArrived, answer };
  }
  return { kind: 'unexplained', reason };
}
