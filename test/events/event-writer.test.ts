import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBus } from '../../src/bus.ts';
import { createEventWriter } from '../../src/events/event-writer.ts';
import { NinjadError } from '../../src/lib/errors.ts';
import type { NewEvent } from '../../src/lib/wire/put-event.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event = (source = 'dashboard'): NewEvent => ({
  priority: 'HUMAN',
  source,
  category: 'chat',
  payload: { text: 'hi', dedupKey: 'k' },
});

function desk(put: (count: number) => Promise<void> = () => Promise.resolve()) {
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const watched: string[] = [];
  let count = 0;
  const writer = createEventWriter({
    bus,
    putEvent: () => put((count += 1)),
    watchKey: (key) => {
      watched.push(key);
      return () => void watched.splice(watched.indexOf(key), 1);
    },
  });
  const outcome = (source?: string): { state: string } => {
    const seen = { state: 'waiting' };
    writer.putAccepted(event(source), 'k').then(
      () => (seen.state = 'accepted'),
      (thrown: unknown) => (seen.state = (thrown as NinjadError).code),
    );
    return seen;
  };
  return { bus, watched, outcome, written: () => count };
}

describe('the wait for an event to be accepted', () => {
  it('writes it again every 3 s while nothing is heard, and not once it is accepted', async () => {
    const { bus, outcome, written, watched } = desk();
    const seen = outcome();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(written()).toBe(1);
    await vi.advanceTimersByTimeAsync(3_001);
    expect(written()).toBe(3);
    bus.emit('event.accepted', { dedupKey: 'k' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect([seen.state, written(), watched, vi.getTimerCount()]).toEqual(['accepted', 3, [], 0]);
  });

  it('has an end that says so', async () => {
    const { outcome, watched } = desk();
    const seen = outcome();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([seen.state, watched, vi.getTimerCount()]).toEqual(['NOT_ACCEPTED', [], 0]);
  });

  it('tells that a line could not even be written, but not of one that came after', async () => {
    const full = new NinjadError('PIPE_FULL', 'the pipe stayed full');
    const first = desk(() => Promise.reject(full)).outcome();
    const later = desk((count) => (count === 1 ? Promise.resolve() : Promise.reject(full))).outcome();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([first.state, later.state]).toEqual(['PIPE_FULL', 'waiting']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(later.state).toBe('NOT_ACCEPTED');
  });

  it('does not take another source’s key for its own', async () => {
    const { bus, outcome, watched } = desk();
    const seen = outcome('cron:disk');
    expect(watched).toEqual(['cron:disk/k']);
    bus.emit('event.accepted', { dedupKey: 'k' });
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.state).toBe('waiting');
    bus.emit('event.routed', {
      eventId: 1,
      route: 'drop',
      rule: 'x',
      status: 'dropped',
      dedupKey: 'cron:disk/k',
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.state).toBe('accepted');
  });
});
