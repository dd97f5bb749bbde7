import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { migrate } from '../../../src/lib/store/migrate.ts';
import { loadMigrations } from '../../../src/lib/store/migrations.ts';
import { type TempDatabase, tempEmptyDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempEmptyDatabase();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.stop();
});

it('gives memories of before the day that their owner’s zone and their event give them', async () => {
  vi.stubEnv('TZ', 'Pacific/Honolulu');
  const { store } = database;
  const now = new Date('2026-11-28T12:00:00Z');
  await migrate(
    store,
    loadMigrations().filter(({ version }) => version < 16),
    now,
  );
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           VALUES (1, 3, 'cron:a', 'note', 'x', '2026-11-20T06:00:00Z', '2026-11-28T09:27:00Z', 'r', 'r', 'done')`,
  });
  await store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, origin, event_id, created_at, last_seen_at, prepared)
           VALUES ('note', 'stamped', 'cron:a', 'local', 'event', 1, '2026-11-28T09:27:00Z', '2026-11-28T09:27:00Z', true),
                  ('note', 'said', 'cli', 'owner', 'owner', NULL, '2026-11-28T09:27:00Z', '2026-11-28T09:27:00Z', true)`,
  });
  await migrate(store, loadMigrations(), now);
  const { rows } = await store.query({
    text: `SELECT content, day::text, search @@ 'day11\\-19'::tsquery AS stamped, search @@ 'day11\\-27'::tsquery AS said
             FROM memory_embeddings ORDER BY id`,
  });
  expect(rows).toEqual([
    { content: 'stamped', day: '2026-11-19', stamped: true, said: false },
    { content: 'said', day: '2026-11-27', stamped: false, said: true },
  ]);
  const { rows: counted } = await store.query({
    text: `SELECT sum(delta)::int AS memories FROM memory_text_changes`,
  });
  expect(counted).toEqual([{ memories: 2 }]);
});
