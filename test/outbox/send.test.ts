import { describe, expect, it } from 'vitest';
import { ChannelAwayError, ChannelBusyError, MessageRefusedError } from '../../src/outbox/channel.ts';
import type { ClaimedDelivery } from '../../src/outbox/rows/claim-deliveries.ts';
import { sendDelivery } from '../../src/outbox/send.ts';
import { testChannel } from '../helpers/test-channel.ts';

const delivery: ClaimedDelivery = {
  id: 1,
  channel: 'test',
  address: 'owner',
  kind: 'reply',
  token: 'a'.repeat(20),
  body: { text: 'hello', state: 'done' },
  eventId: 7,
  taskId: 8,
  subject: 'task:7',
  attempt: 2,
  worker: 'w',
  failures: 0,
  mayBeRepeat: false,
  lastAnswer: { parts: 1 },
};
const live = new AbortController().signal;
const failing = (thrown: Error) => {
  const channel = testChannel();
  channel.behave = () => Promise.reject(thrown);
  return sendDelivery(channel, delivery, live);
};

describe('sending one delivery', () => {
  it('hands over all that a channel needs, and gives back the answer', async () => {
    const channel = testChannel();
    expect(await sendDelivery(channel, delivery, live)).toEqual({
      kind: 'delivered',
      answer: { took: delivery.token },
    });
    expect(channel.sent).toEqual([
      {
        address: 'owner',
        kind: 'reply',
        text: 'hello',
        state: 'done',
        eventId: 7,
        taskId: 8,
        subject: 'task:7',
        token: delivery.token,
        attempt: 2,
        mayBeRepeat: false,
        lastAnswer: { parts: 1 },
      },
    ]);
  });

  it('tells the ways of failing apart', async () => {
    expect(await failing(new ChannelAwayError('no route', { mayHaveArrived: false, answer: [1] }))).toEqual({
      kind: 'away',
      reason: 'no route',
      mayHaveArrived: false,
      answer: [1],
    });
    expect(await failing(new ChannelAwayError('reset'))).toMatchObject({ mayHaveArrived: true });
    expect(await failing(new ChannelBusyError('slow down', { retryAfterMs: 50 }))).toEqual({
      kind: 'busy',
      reason: 'slow down',
      retryAfterMs: 50,
      scope: 'channel',
      mayHaveArrived: false,
      answer: undefined,
    });
    expect(await failing(new MessageRefusedError('blocked'))).toEqual({ kind: 'refused', reason: 'blocked' });
    expect(await failing(new TypeError('oops'))).toEqual({ kind: 'unexplained', reason: 'oops' });
  });

  it('takes a channel that throws before it promises like one that rejects', async () => {
    const channel = testChannel({
      deliver: () => {
        throw new MessageRefusedError('at once');
      },
    });
    expect(await sendDelivery(channel, delivery, live)).toEqual({ kind: 'refused', reason: 'at once' });
  });

  it('waits no longer than the deadline, even for a channel that ignores its signal', async () => {
    const channel = testChannel({ deadlineMs: 10 });
    let aborted: AbortSignal | undefined;
    channel.behave = (_, signal) => {
      aborted = signal;
      return new Promise(() => undefined);
    };
    expect(await sendDelivery(channel, delivery, live)).toEqual({
      kind: 'unexplained',
      reason: 'no answer within 10 ms',
    });
    expect(aborted?.aborted).toBe(true);
  });

  it('does not repeat what may have arrived where the channel does not want that', async () => {
    const channel = testChannel({ repeats: 'unwanted' });
    expect(await sendDelivery(channel, { ...delivery, mayBeRepeat: true }, live)).toMatchObject({
      kind: 'refused',
    });
    expect(channel.sent).toEqual([]);
  });
});
