import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus.ts';
import { watchEvent, type WatchMessage } from '../../src/tasks/watch-event.ts';

function watching(key: string) {
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const seen: WatchMessage[] = [];
  const stop = watchEvent(bus, key, (message) => seen.push(message));
  return { bus, seen, stop };
}

const routed = { eventId: 7, route: 'task', rule: 'human', status: 'task' };

describe('what a watch tells of the bus', () => {
  it('is the way of its own event through a task, and nothing of others', () => {
    const { bus, seen } = watching('mine');
    bus.emit('event.accepted', { dedupKey: 'other' });
    bus.emit('event.accepted', { dedupKey: 'mine' });
    bus.emit('event.routed', { ...routed, eventId: 6, dedupKey: 'other' });
    bus.emit('event.routed', { ...routed, dedupKey: 'mine' });
    bus.emit('task.progress', { taskId: 3, eventId: 7, progress: 'recalling' });
    bus.emit('task.text', { taskId: 2, eventId: 6, text: 'not mine' });
    bus.emit('task.text', { taskId: 3, eventId: 7, text: 'hello' });
    bus.emit('task.ended', { taskId: 2, eventId: 6, state: 'done', outcome: 'x', reply: '' });
    bus.emit('task.ended', {
      taskId: 3,
      eventId: 7,
      state: 'dead',
      outcome: 'failed',
      reply: 'hello',
      reason: 'late',
    });
    expect(seen).toEqual([
      { type: 'accepted' },
      { type: 'routed', eventId: 7, route: 'task', rule: 'human', status: 'task' },
      { type: 'progress', progress: 'recalling', taskId: 3 },
      { type: 'text', text: 'hello' },
      {
        type: 'ended',
        eventId: 7,
        taskId: 3,
        state: 'dead',
        outcome: 'failed',
        reply: 'hello',
        reason: 'late',
      },
    ]);
  });

  it.each([
    ['done', 'all is well', null],
    ['dropped', '', 'rule quiet: dropped'],
  ])('ends at once for an event that needs no task (%s)', (status, reply, reason) => {
    const { bus, seen } = watching('mine');
    const fact = { eventId: 7, route: 'reflex:status', rule: 'quiet', status, dedupKey: 'mine' };
    bus.emit('event.routed', reply === '' ? fact : { ...fact, reply });
    expect(seen.at(-1)).toEqual({
      type: 'ended',
      eventId: 7,
      taskId: null,
      state: status,
      outcome: status,
      reply,
      reason,
    });
  });

  it('does not take tasks for its own before its event was routed', () => {
    const { bus, seen } = watching('mine');
    bus.emit('task.text', { taskId: 3, eventId: 7, text: 'early' });
    expect(seen).toEqual([]);
  });

  it('is nothing more after it was stopped', () => {
    const { bus, seen, stop } = watching('mine');
    bus.emit('event.routed', { ...routed, dedupKey: 'mine' });
    stop();
    bus.emit('task.text', { taskId: 3, eventId: 7, text: 'late' });
    expect(seen).toHaveLength(1);
  });
});
