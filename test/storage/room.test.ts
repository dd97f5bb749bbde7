import { expect, it } from 'vitest';
import { statSync } from 'node:fs';
import { createRoomKeeper } from '../../src/storage/keep-room.ts';
import type { Disk } from '../../src/storage/measure.ts';
import { budgetOf } from '../../src/storage/measure.ts';
import { createRoom } from '../../src/storage/room.ts';
import { whileRoom } from '../../src/storage/while-room.ts';
import { readPastDay } from '../../src/storage/rows.ts';
import { storageOperations, type StorageView } from '../../src/storage/operations.ts';
import { checkStorageOf } from './check-storage.ts';
import { DAY, HOUR } from '../../src/lib/time.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('storage_days', 'owner_notices', 'events');
const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const never = new AbortController().signal;
const disk = (freeBytes: number): Disk => ({ freeBytes, totalBytes: 1e12 });

it('has a budget of a tenth of the disk, and of 5 GB at least', () => {
  expect(budgetOf(null, disk(1))).toBe(1e11);
  expect(budgetOf(null, { freeBytes: 1, totalBytes: 2e10 })).toBe(5e9);
  expect(budgetOf(7e9, disk(1))).toBe(7e9);
});

it('is low below the limit, and well again only with a fifth more than that', () => {
  const room = createRoom(
    () => 1_000,
    () => 0,
  );
  const backs: number[] = [];
  room.onRoom(() => backs.push(room.state().freeBytes ?? 0));
  expect(room.saw(disk(5_000), 1)).toBe(false);
  expect(room.mayWork()).toBe(true);
  expect(room.saw(disk(999), 2)).toBe(true);
  expect(room.state()).toMatchObject({ state: 'low', freeBytes: 999, since: 2 });
  expect(room.saw(disk(1_100), 3)).toBe(false);
  expect(room.mayWork()).toBe(false);
  expect(room.saw(disk(1_200), 4)).toBe(true);
  expect(room.mayWork()).toBe(true);
  expect(backs).toEqual([1_200]);
});

it('lets jobs that can wait be skipped, and runs those that the owner asks for', async () => {
  const room = createRoom(() => 1_000);
  const ran: boolean[] = [];
  const kind = whileRoom(
    {
      name: 'x',
      list: () => Promise.resolve([]),
      run: ({ byHand }) => {
        ran.push(byHand);
        return Promise.resolve({ state: 'done' as const });
      },
    },
    room,
  );
  const fire = { id: 1, jobId: 'x', nominalAt: new Date(), startedAt: new Date(), byHand: false };
  room.saw(disk(1), 0);
  expect(await kind.run(fire, never)).toMatchObject({ state: 'skipped' });
  expect(await kind.run({ ...fire, byHand: true }, never)).toEqual({ state: 'done' });
  room.saw(disk(10_000), 0);
  expect(await kind.run(fire, never)).toEqual({ state: 'done' });
  expect(ran).toEqual([true, false]);
});

/** A keeper on a home of its own with a disk that is as full as the test says. */
function keeper(maxBytes: number | null = null) {
  const home = tempDir();
  const room = createRoom(() => 1_000);
  const told: string[] = [];
  const changes: (string | undefined)[] = [];
  let free = 1e6;
  const keep = createRoomKeeper(
    {
      store,
      bus: {
        emit(_, fact) {
          if ('text' in fact) told.push(fact.text);
        },
      },
      room,
      home,
      databaseKind: 'embedded',
      worker,
      maxBytes: () => maxBytes,
      mayPrune: () => Promise.resolve(true),
      isHeld: () => false,
      disk: () => Promise.resolve(disk(free)),
      onChange: (problem) => changes.push(problem),
      report: () => undefined,
    },
    0,
  );
  return {
    home,
    room,
    told,
    changes,
    look: (at: number, freeBytes: number) => {
      free = freeBytes;
      return keep(new Date(at), never);
    },
  };
}

const openNotices = async (): Promise<string[]> => {
  const { rows } = await store.query<{ text: string }>({
    text: `SELECT text FROM owner_notices WHERE origin = 'storage' AND seen_at IS NULL`,
  });
  return rows.map(({ text }) => text);
};

it('tells the owner once of a disk that is nearly full, and takes it back when there is room', async () => {
  const { look, told, changes } = keeper();
  const at = Date.parse('2026-11-28T08:00:00Z');
  await look(at, 500);
  await look(at + 15_000, 400);
  expect(told).toHaveLength(1);
  expect(await openNotices()).toEqual([expect.stringContaining('storage.minFreeBytes')]);
  await look(at + 30_000, 5_000);
  expect(await openNotices()).toEqual([]);
  expect(changes).toEqual([expect.stringContaining('Events are taken and kept'), undefined]);
});

it('knows from day to day how each part grows, and tells of a home that is over its budget for good', async () => {
  const { look, home, room } = keeper(1);
  const at = Date.parse('2026-11-20T08:00:00Z');
  await look(at, 1e6);
  const row = `(1::bigint << 40) + n, 3, 'cron:x', 'reading', repeat(md5(n::text), 40), now(), now(), 'store', 'r', 'task'`;
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           SELECT ${row} FROM generate_series(1, 3000) AS n`,
  });
  await look(at + 2 * DAY, 1e6);
  const now = new Date(at + 2 * DAY + HOUR);
  expect(await readPastDay(store, { worker, now })).toMatchObject({ daysAgo: 2 });
  const view = (await storageOperations['storage.get'].handle(
    {
      store,
      now: () => now,
      databaseKind: 'embedded',
      storage: { room, home, worker, maxBytes: () => 1e9, disk: () => Promise.resolve(disk(1e6)) },
    },
    {},
    { by: 'cli' },
  )) satisfies StorageView;
  const events = view.parts.find(({ name }) => name === 'events');
  expect(events?.fate).toBe('first');
  expect(events?.perDay).toBeGreaterThan(10_000);
  expect(view.daysLeft).toBeGreaterThan(0);
  expect(view.usedBytes).toBe(
    view.parts.filter(({ fate }) => fate !== 'apart').reduce((sum, { bytes }) => sum + bytes, 0),
  );
  expect(await openNotices()).toEqual([expect.stringContaining('more than its budget')]);
  expect(statSync(home).isDirectory()).toBe(true);
});

it('is a failed check of doctor while the disk is nearly full', async () => {
  expect(await checkStorageOf({ state: 'low', freeBytes: 1, limitBytes: 1e9 })).toMatchObject({
    verdict: 'fail',
  });
  expect(await checkStorageOf({ usedBytes: 2e9, budgetBytes: 1e9 })).toMatchObject({ verdict: 'warn' });
  expect(await checkStorageOf({ usedBytes: 1e9, budgetBytes: 2e9 })).toMatchObject({ verdict: 'ok' });
});
