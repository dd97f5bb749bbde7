import { afterAll, beforeAll, expect, it } from 'vitest';
import { pruneStore } from '../../../src/lib/store/prune.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());

const now = new Date('2026-11-22T12:00:00Z');
const retention = { eventsDays: 10, tasksDays: 20, activityDays: 30 };

it('deletes what is old and ended, in chunks, and nothing else', async () => {
  const { store } = database;
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           SELECT n, 4, 'a', 'b', 'c', at, at, 'reflex:record', 'otherwise', CASE WHEN n % 10 = 0 THEN 'task' ELSE 'done' END
             FROM (SELECT n, timestamptz '2026-11-22T12:00:00Z' - make_interval(hours => 12000 - n) AS at FROM generate_series(1, 12000) n) rows`,
  });
  await store.query({
    text: `INSERT INTO tasks (event_id, priority, source, category, prompt, state, run_after, queued_at, finished_at)
           VALUES (1, 3, 'a', 'b', 'old', 'done', '2026-01-01', '2026-01-01', '2026-01-01'),
                  (2, 3, 'a', 'b', 'old but open', 'queued', '2026-01-01', '2026-01-01', NULL),
                  (3, 3, 'a', 'b', 'new', 'failed', '2026-11-20', '2026-11-20', '2026-11-20')`,
  });
  await store.query({
    text: `INSERT INTO activity_log (at, actor, action, summary) VALUES ('2026-10-01', 'a', 'b', 'old'), ('2026-11-01', 'a', 'b', 'new')`,
  });
  await store.query({
    text: `INSERT INTO owner_notices (at, origin, text) VALUES ('2026-10-01', 'task', 'old'), ('2026-11-01', 'task', 'new')`,
  });

  const deleted = await pruneStore(store, retention, now);

  const count = async (sql: string): Promise<unknown> =>
    (await store.query<{ count: number }>({ text: sql })).rows[0]?.count;
  const cut = `timestamptz '2026-11-12T12:00:00Z'`;
  expect(await count(`SELECT count(*) FROM events WHERE status <> 'task' AND received_at < ${cut}`)).toBe(0);
  expect(await count(`SELECT count(*) FROM events WHERE status <> 'task' AND received_at >= ${cut}`)).toBe(
    216,
  );
  expect(await count(`SELECT count(*) FROM events WHERE status = 'task'`)).toBe(1_200);
  expect((await store.query({ text: 'SELECT prompt FROM tasks ORDER BY id' })).rows).toEqual([
    { prompt: 'old but open' },
    { prompt: 'new' },
  ]);
  expect((await store.query({ text: 'SELECT summary FROM activity_log' })).rows).toEqual([
    { summary: 'new' },
  ]);
  expect((await store.query({ text: 'SELECT text FROM owner_notices' })).rows).toEqual([{ text: 'new' }]);
  expect(deleted).toBe(12_000 - 1_200 - 216 + 3);
  expect(await pruneStore(store, retention, now)).toBe(0);
});

it('keeps costs for the sums of two months, and what open tasks still need', async () => {
  const { store } = database;
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  await store.query({ text: 'TRUNCATE tasks, events, task_costs' });
  await store.query({
    text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd) VALUES ($1, 1, 'a', 'old', 1), ($2, 1, 'a', 'new', 1)`,
    values: [daysAgo(63), daysAgo(61)],
  });
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, dedup_key)
           VALUES (50000, 3, 'self', 'task', 'p', $1, $1, 'task', 'r', 'task', 'self:open'), (50001, 3, 'self', 'task', 'p', $1, $1, 'task', 'r', 'task', 'self:ended')`,
    values: [daysAgo(30)],
  });
  await store.query({
    text: `INSERT INTO tasks (event_id, priority, source, category, conversation, prompt, state, run_after, queued_at, finished_at, outcome)
           VALUES (50000, 3, 'self', 'task', 'open', 'p', 'queued', $1, $1, NULL, NULL),
                  (50001, 3, 'self', 'task', 'ended', 'p', 'done', $1, $1, $2, 'succeeded')`,
    values: [daysAgo(30), daysAgo(5)],
  });
  await store.query({
    text: `INSERT INTO self_tasks (dedup_key, parent_task_id, depth, trust, created_at)
           VALUES ('self:open', 1, 1, 'owner', $1), ('self:ended', 1, 1, 'owner', $1), ('self:new', 1, 1, 'owner', $2)`,
    values: [daysAgo(30), daysAgo(1)],
  });
  await store.query({
    text: `INSERT INTO conversations (id, created_at, last_used_at) VALUES ('open', $1, $1), ('ended', $1, $1), ('new', $1, $2)`,
    values: [daysAgo(30), daysAgo(1)],
  });

  expect(await pruneStore(store, retention, now)).toBe(3);

  const names = async (text: string) =>
    (await store.query<{ name: string }>({ text })).rows.map(({ name }) => name);
  expect(await names('SELECT model AS name FROM task_costs')).toEqual(['new']);
  expect(await names('SELECT dedup_key AS name FROM self_tasks ORDER BY 1')).toEqual([
    'self:new',
    'self:open',
  ]);
  expect(await names('SELECT id AS name FROM conversations ORDER BY 1')).toEqual(['new', 'open']);
});
