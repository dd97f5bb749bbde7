import { expect, it } from 'vitest';
import { homePaths } from '../../../src/lib/config/paths.ts';
import { createStatusBuilder, type StatusDeps } from '../../../src/faces/status/build-status.ts';
import { createCounters } from '../../../src/lib/counters.ts';
import { createMailbox } from '../../../src/lib/mailbox/mailbox.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { createModelQueue } from '../../../src/lib/inference/model-queue.ts';
import { createMemoryBoard } from '../../../src/memory/keep/memory-board.ts';
import { someStatus } from '../../helpers/fake-control.ts';

function depsWith(query: () => Promise<unknown>): StatusDeps {
  return {
    paths: homePaths('/home/me/.ninjad'),
    store: { query, transaction: () => Promise.reject(new Error('not used')) } as Store,
    mailbox: createMailbox(),
    journal: { endPosition: () => 30, syncedPosition: () => 20, pendingLines: () => 2, sizeBytes: () => 10 },
    intake: { unfinished: () => ({ bytes: 3, silentMs: 5_000, sample: 'LOW' }) },
    counters: createCounters(),
    startedAt: 1,
    readiness: () => ({ ready: true, reasons: [] }),
    inference: createModelQueue().inference,
    memoryBoard: createMemoryBoard(),
    agent: () => undefined,
    containment: someStatus.containment,
    database: () => someStatus.database,
    runningTasks: () => 0,
    room: () => someStatus.room,
    spend: () => someStatus.spend,
    storage: () => someStatus.storage,
    schedule: () => someStatus.schedule,
    children: () => [],
    dashboard: () => someStatus.dashboard,
    loop: { read: () => someStatus.loop },
  };
}

it('tells what is in memory at once, also where the store never answers, and asks it only once at a time', async () => {
  let asked = 0;
  const status = createStatusBuilder(
    depsWith(() => {
      asked += 1;
      return new Promise(() => undefined);
    }),
  );
  const [first, second] = await Promise.all([status(), status()]);
  expect(first).toMatchObject({
    ready: true,
    journal: { endPosition: 30, syncedPosition: 20, pendingLines: 2, sizeBytes: 10 },
    unfinishedLine: { bytes: 3, silentMs: 5_000, sample: 'LOW' },
    loop: someStatus.loop,
    tasks: { running: 0, queued: 0 },
  });
  expect(second).toEqual(first);
  await status();
  expect(asked).toBe(1);
});

it('goes on telling the last known number of queued tasks while the store is away', async () => {
  let isAway = false;
  const status = createStatusBuilder(
    depsWith(() =>
      isAway
        ? Promise.reject(new StoreAwayError('away'))
        : Promise.resolve({ rows: [{ count: 7, queued: 7 }] }),
    ),
  );
  const { tasks } = await status();
  expect(tasks.queued).toBe(7);
  isAway = true;
  expect((await status()).tasks).toEqual(tasks);
});
