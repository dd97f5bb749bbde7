import { describe, expect, it } from 'vitest';
import { createBus } from '../../../../src/bus.ts';
import { createLiveReplies } from '../../../../src/tasks/live-replies.ts';
import { createRelay } from '../../../../src/faces/dashboard/feeds/relay.ts';
import type { EventRecord } from '../../../../src/events/rows/record-events.ts';
import { withResolvers } from '../../../helpers/with-resolvers.ts';
import { eventually } from '../../../helpers/eventually.ts';

const record = (id: number): EventRecord => ({
  id,
  priority: 4,
  source: 'cron:disk',
  category: 'metric',
  payload: `line ${id}`,
  occurredAt: 0,
  receivedAt: 0,
  route: 'drop',
  rule: 'kept',
  status: 'done',
});

function openRelay(query: () => Promise<never>, watched: readonly string[]) {
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const pushed: Array<[name: string, payload: unknown]> = [];
  const reported: unknown[] = [];
  let pending = 0;
  const relay = createRelay({
    bus,
    store: { query } as never,
    live: createLiveReplies(bus),
    conversationOf: () => 'garden',
    report: (thrown) => reported.push(thrown),
    output: {
      isWatched: (topic) => watched.includes(topic),
      push: (_, name, payload) => void pushed.push([name, payload]),
      pending: () => (pending += 1),
    },
  });
  return { bus, relay, reported, pending: () => pending, pushed: () => pushed.splice(0) };
}

const turnRow = {
  eventId: 7,
  conversation: 'garden',
  source: 'cli',
  dedupKey: null,
  receivedAt: new Date(0),
  payload: 'question',
  status: 'task',
  eventReason: null,
  eventReply: null,
  taskId: 1,
  state: 'running',
  taskReason: null,
  taskReply: null,
  progress: null,
  finishedAt: null,
  memories: 0,
  calls: 0,
  costUsd: 0,
};

const nobodyAsks = () => Promise.reject(new Error('nobody asked for rows'));

describe('the relay', () => {
  it('gathers nothing that nobody follows', async () => {
    const { bus, relay, pending, pushed } = openRelay(nobodyAsks, []);
    bus.emit('events.recorded', { records: [record(1)] });
    bus.emit('task.text', { taskId: 1, eventId: 1, text: 'words' });
    await relay.flush();
    expect([pending(), pushed()]).toEqual([0, []]);
  });

  it('pushes the newest events of a flood, newest first, and counts the others', async () => {
    const { bus, relay, pushed } = openRelay(nobodyAsks, ['events']);
    for (let batch = 0; batch < 10; batch += 1)
      bus.emit('events.recorded', {
        records: Array.from({ length: 1_000 }, (_, index) => record(batch * 1_000 + index)),
      });
    await relay.flush();
    const [[name, payload] = []] = pushed();
    const { items, omitted } = payload as { items: Array<{ id: number }>; omitted: number };
    expect([name, items.length, items[0]?.id, items.at(-1)?.id, omitted]).toEqual([
      'events',
      50,
      9_999,
      9_950,
      9_950,
    ]);
    await relay.flush();
    expect(pushed()).toEqual([]);
  });

  it('joins what a reply has grown by, and says where that begins', async () => {
    const { bus, relay, pushed } = openRelay(nobodyAsks, ['task:1']);
    for (const text of ['one ', 'two ', 'three']) bus.emit('task.text', { taskId: 1, eventId: 7, text });
    await relay.flush();
    bus.emit('task.text', { taskId: 1, eventId: 7, text: ' four' });
    await relay.flush();
    const texts = pushed().filter(([name]) => name === 'task.text');
    expect(texts.map(([, payload]) => payload)).toMatchObject([
      { text: 'one two three', offset: 0 },
      { text: ' four', offset: 13 },
    ]);
  });

  it('pushes first words at once, what follows with the next flush, and the last words before the end', async () => {
    const { bus, relay, pushed } = openRelay(nobodyAsks, ['chat']);
    const say = (text: string) => bus.emit('task.text', { taskId: 1, eventId: 7, text });
    const words = () =>
      pushed().flatMap(([name, payload]) =>
        name === 'chat.text' ? [(payload as { text: string }).text] : [],
      );
    say('one ');
    say('two ');
    await Promise.resolve();
    expect(words()).toEqual(['one two ']);
    say('three ');
    await Promise.resolve();
    expect(words()).toEqual([]);
    await relay.flush();
    expect(words()).toEqual(['three ']);
    say('four');
    bus.emit('task.state', { taskId: 1, eventId: 7, state: 'done' });
    expect(words()).toEqual(['four']);
    say('and again');
    await Promise.resolve();
    expect(words()).toEqual(['and again']);
  });

  it('pushes the end of a turn at once, and of several at once the others with the next flush', async () => {
    let asked = 0;
    const row = { ...turnRow, state: 'done', taskReply: 'forty-two' };
    const answers = () => {
      asked += 1;
      return Promise.resolve({ rows: [row] } as never);
    };
    const { bus, relay, pushed } = openRelay(answers, ['chat']);
    bus.emit('task.state', { taskId: 1, eventId: 7, state: 'running' });
    await new Promise(setImmediate);
    expect([asked, pushed()]).toEqual([0, []]);
    bus.emit('task.state', { taskId: 1, eventId: 7, state: 'done' });
    bus.emit('task.state', { taskId: 2, eventId: 8, state: 'failed' });
    await new Promise(setImmediate);
    expect(pushed()).toMatchObject([['chat.turn', { eventId: 7, state: 'done', reply: 'forty-two' }]]);
    bus.emit('task.state', { taskId: 3, eventId: 9, state: 'done' });
    await new Promise(setImmediate);
    expect([asked, pushed()]).toEqual([1, []]);
    await relay.flush();
    expect([asked, pushed().length]).toEqual([2, 1]);
  });

  it('goes on with what needs no store while the store does not answer, and asks it once', async () => {
    const { promise, resolve } = withResolvers<never>();
    let asked = 0;
    const hangs = () => {
      asked += 1;
      return promise;
    };
    const { bus, relay, pushed } = openRelay(hangs, ['events', 'tasks']);
    for (let round = 1; round <= 3; round += 1) {
      bus.emit('task.state', { taskId: round, eventId: round, state: 'running' });
      bus.emit('events.recorded', { records: [record(round)] });
      await relay.flush();
      expect(pushed().map(([name]) => name)).toEqual(['events']);
    }
    expect(asked).toBe(1);
    resolve({ rows: [] } as never);
    await eventually(async () => {
      await relay.flush();
      expect(asked).toBe(2);
    });
  });
});
