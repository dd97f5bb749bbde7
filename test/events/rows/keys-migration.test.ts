import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../../src/lib/store/migrate.ts';
import { loadMigrations } from '../../../src/lib/store/migrations.ts';
import { eventKey } from '../../../src/lib/wire/event-key.ts';
import { tempEmptyDatabase, type TempDatabase } from '../../helpers/temp-database.ts';

const now = new Date('2026-11-28T12:00:00Z');
let database: TempDatabase;
beforeAll(async () => {
  database = await tempEmptyDatabase();
});
afterAll(() => database.stop());

it('gives what was recorded before the key that the same line has now, and tasks of tasks their lineage', async () => {
  const { store } = database;
  const old: [string, string][] = [
    ['cli', 'k'],
    ['dashboard', 'page:1'],
    ['shell:laptop', 'a/b'],
    ['cli', 'email/x'],
    ['email', 'x'],
    ['web', 'email/x2'],
    ['self', 'self:1'],
    ['cron:disk', 'replay:7'],
    ['email', 'long'.repeat(100)],
    ['cli', 'Long'.repeat(100)],
  ];
  const isBefore = ({ version }: { version: number }): boolean => version < 15;
  await migrate(store, loadMigrations().filter(isBefore), now);
  for (const [index, [source, key]] of old.entries())
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, dedup_key)
             VALUES ($1, 4, $2, 'c', 'p', $3, $3, 'drop', 'r', 'dropped', $4)`,
      values: [index, source, now, key],
    });
  await store.query({
    text: `INSERT INTO self_tasks (dedup_key, parent_task_id, depth, trust, created_at) VALUES ('self:1', 1, 1, 'owner', $1)`,
    values: [now],
  });
  await migrate(store, loadMigrations(), now);
  const { rows } = await store.query<{ key: string }>({
    text: 'SELECT dedup_key AS key FROM events ORDER BY id',
  });
  expect(rows.map(({ key }) => key)).toEqual(old.map(([source, key]) => eventKey(source, key)));
  const joined = await store.query({ text: 'SELECT id FROM self_tasks JOIN events USING (dedup_key)' });
  expect(joined.rows).toEqual([{ id: 6 }]);
});
