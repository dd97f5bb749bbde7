import { describe, expect, it } from 'vitest';
import { createBus } from '../../../../src/bus.ts';
import { createFailureFeed } from '../../../../src/faces/dashboard/feeds/failures.ts';
import { StoreAwayError } from '../../../../src/lib/errors.ts';

function openFeed(watched: readonly string[], query?: () => Promise<never>) {
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const pushed: unknown[][] = [];
  const asked: unknown[] = [];
  const feed = createFailureFeed({
    bus,
    store: {
      query: (query ??
        (({ values }: { values: [number[]] }) => {
          asked.push(values[0]);
          const rows = values[0].map((id) => ({
            id,
            conversation: null,
            text: `do ${id}`,
            reason: 'no luck',
            priority: 3,
          }));
          return Promise.resolve({ rows });
        })) as never,
    },
    output: {
      isWatched: (topic) => watched.includes(topic),
      push: (...push) => void pushed.push(push),
      pending: () => undefined,
    },
  });
  const end = (taskId: number, state: string) =>
    bus.emit('task.ended', { taskId, eventId: taskId, state, outcome: state, reply: '' });
  return { feed, end, asked, pushed: () => pushed.splice(0) };
}

describe('the feed of failures', () => {
  it('tells of what failed or was given up, once, and of nothing else', async () => {
    const { feed, end, pushed } = openFeed(['now']);
    end(1, 'done');
    end(2, 'cancelled');
    end(3, 'dead');
    await feed.flush();
    const item = { taskId: 3, conversation: null, text: 'do 3', reason: 'no luck' };
    expect(pushed()).toEqual([['now', 'task.failed', { items: [item], omitted: 0 }]]);
    await feed.flush();
    expect(pushed()).toEqual([]);
  });

  it('names the newest of many and counts the others', async () => {
    const { feed, end, asked, pushed } = openFeed(['now']);
    for (let id = 1; id <= 40; id += 1) end(id, 'failed');
    await feed.flush();
    expect(asked).toEqual([[38, 39, 40]]);
    expect(pushed()[0]?.[2]).toMatchObject({ omitted: 37 });
  });

  it('gathers nothing while nobody looks, and ends no flush for a store that is away', async () => {
    const unwatched = openFeed([]);
    unwatched.end(1, 'failed');
    await unwatched.feed.flush();
    expect(unwatched.asked).toEqual([]);
    const away = openFeed(['now'], () => Promise.reject(new StoreAwayError('it is away')));
    away.end(1, 'failed');
    await away.feed.flush();
    expect(away.pushed()).toEqual([]);
  });
});
