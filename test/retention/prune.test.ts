import { expect, it } from 'vitest';
import { pruneStore } from '../../src/retention/prune.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('tasks', 'events', 'task_costs');

const now = new Date('2026-11-22T12:00:00Z');
const retention = { eventsDays: 10, tasksDays: 20, deliveriesDays: 30, activityDays: 30, firesDays: 30 };

it('deletes what is old and ended, in chunks, and nothing else', async () => {
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
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
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

it('keeps of the fires of a job its last one and its last success, and of a job that is no more none', async () => {
  await store.query({ text: 'TRUNCATE job_fires, job_cursors, goal_runs' });
  await store.query({
    text: `INSERT INTO job_cursors (job_id, kind, definition, considered_until, seen_at)
           VALUES ('here', 'goal', 'd', '2026-01-01', '2026-11-20'), ('long gone', 'goal', 'd', '2025-01-01', '2025-01-01')`,
  });
  await store.query({
    text: `INSERT INTO job_fires (job_id, kind, nominal_at, state, reason, worker, claimed_at, due_at, ended_at)
           SELECT job_id, 'goal', at, state, 'because', gen_random_uuid(), at, at, at
             FROM (VALUES ('here', '2026-01-01', 'done'), ('here', '2026-01-02', 'done'), ('here', '2026-01-03', 'failed'),
                          ('here', '2026-01-04', 'missed'), ('gone', '2026-01-04', 'done'), ('gone', '2026-11-20', 'done'))
                  AS fires (job_id, day, state), LATERAL (SELECT day::timestamptz AS at) AS instants`,
  });
  await pruneStore(store, retention, now);
  const { rows } = await store.query({ text: 'SELECT job_id, state FROM job_fires ORDER BY nominal_at' });
  expect(rows).toEqual([
    { job_id: 'here', state: 'done' },
    { job_id: 'here', state: 'missed' },
    { job_id: 'gone', state: 'done' },
  ]);
  expect((await store.query({ text: 'SELECT job_id FROM job_cursors' })).rows).toEqual([{ job_id: 'here' }]);
});
