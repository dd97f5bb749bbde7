import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderBytes } from '../../src/lib/folder-bytes.ts';
import { maintain } from '../../src/lib/store/maintain.ts';
import { logReserveBytes } from '../../src/storage/measure.ts';
import { shrinkStore } from '../../src/storage/shrink.ts';
import { DAY } from '../../src/lib/time.ts';
import { type TempDatabase, tempDatabase } from '../helpers/temp-database.ts';

/* A year of a busy home against a real database, a simulated fortnight at a time, with far less room than it makes. */
const MB = 1024 * 1024;
const room = 24 * MB;
const begin = Date.parse('2026-01-05T00:00:00Z');
const steps = 26;
const stepDays = 14;
const eventsAStep = 1_500;
const eventChars = 1_000;
const transcriptsAStep = 30;
const transcriptChars = 20_000;
let database: TempDatabase;

beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());

const logBytes = (): Promise<number> => folderBytes(join(database.dataDir, 'pg_wal'));
const pgBytes = async (): Promise<number> => (await folderBytes(database.dataDir)) - (await logBytes());
const count = async (sql: string): Promise<number> => {
  const { rows } = await database.store.query<{ count: number }>({
    text: `SELECT count(*)::int AS count FROM ${sql}`,
  });
  return rows[0]?.count ?? -1;
};

/** A text that nothing can compress; each row takes another part of it. */
const noise = randomBytes(20_000).toString('hex');
const partOfNoise = (chars: number): string =>
  `substr($2, 1 + (n * 997) % ${noise.length - chars}, ${chars})`;

async function liveAStep(step: number): Promise<void> {
  const from = new Date(begin + step * stepDays * DAY);
  const at = `$1::timestamptz + n * interval '14 days' / `;
  await database.store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, conversation)
           SELECT (1::bigint << 40) + ${step * eventsAStep} + n, 3, 'cron:x', 'reading', ${partOfNoise(eventChars)}, t, t, 'store', 'r', 'done',
                  CASE WHEN n % 100 = 0 THEN 'chat' END
             FROM generate_series(1, ${eventsAStep}) AS n, LATERAL (SELECT ${at}${eventsAStep} AS t) AS moment`,
    values: [from, noise],
  });
  await database.store.query({
    text: `INSERT INTO task_transcripts (task_id, attempt, recorded_at, entries)
           SELECT ${step * transcriptsAStep} + n, 1, ${at}${transcriptsAStep}, jsonb_build_array(${partOfNoise(transcriptChars)})
             FROM generate_series(1, ${transcriptsAStep}) AS n`,
    values: [from, noise],
  });
  await database.store.query({
    text: `INSERT INTO self_samples (worker, step_s, at, figures)
           SELECT '00000000-0000-0000-0000-000000000001', 3600, ${at}336, jsonb_build_object('x', n) FROM generate_series(1, 336) AS n`,
    values: [from],
  });
  await database.store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
           SELECT 'note', 'step ${step}: ' || n, 'cli', 'owner', $1, $1 FROM generate_series(1, 20) AS n`,
    values: [from],
  });
  await database.store.query({
    text: `INSERT INTO wishlist (title, description, fingerprint, origin, created_at) VALUES ('w', 'd', 'step ${step}', 'owner', $1)`,
    values: [from],
  });
}

it('keeps a simulated year within its budget: the oldest goes in its order, and what is the owner’s stays', async () => {
  const budgetBytes = (await pgBytes()) + room;
  let [largest, largestLog] = [0, 0];
  const order: string[] = [];
  for (let step = 0; step < steps; step += 1) {
    await liveAStep(step);
    await maintain(database.store);
    const now = new Date(begin + (step + 1) * stepDays * DAY);
    const shrunk = await shrinkStore(database.store, {
      budgetBytes,
      measure: pgBytes,
      now,
      mayRewrite: () => Promise.resolve(true),
    });
    expect(shrunk.overBytes, `in step ${step}`).toBe(0);
    for (const part of shrunk.deleted.keys()) if (!order.includes(part)) order.push(part);
    largest = Math.max(largest, await pgBytes());
    largestLog = Math.max(largestLog, await logBytes());
  }
  expect(largest).toBeLessThanOrEqual(budgetBytes);
  expect(largestLog).toBeLessThanOrEqual(logReserveBytes);
  // Without it the year would have taken far more.
  const made = steps * (eventsAStep * eventChars + transcriptsAStep * transcriptChars);
  expect(made).toBeGreaterThan(2 * room);
  expect(order).toEqual(['transcripts', 'samples', 'events']);
  expect(await count(`memory_embeddings WHERE content LIKE 'step %'`)).toBe(20 * steps);
  expect(await count(`wishlist WHERE fingerprint LIKE 'step %'`)).toBe(steps);
  expect(await count(`events WHERE conversation = 'chat'`)).toBe((steps * eventsAStep) / 100);
  // The newest of what may go is still there.
  expect(await count(`events WHERE conversation IS NULL AND received_at > '2027-01-03'`)).toBeGreaterThan(0);
  const last = new Date(begin + steps * stepDays * DAY);
  expect(
    await count(`task_transcripts WHERE recorded_at >= '${new Date(last.getTime() - DAY).toISOString()}'`),
  ).toBeGreaterThan(0);
}, 300_000);

it('says how much is over where nothing is left that may go', async () => {
  const shrunk = await shrinkStore(database.store, {
    budgetBytes: 1 * MB,
    measure: pgBytes,
    now: new Date(begin),
    mayRewrite: () => Promise.resolve(false),
  });
  expect(shrunk.deleted.size).toBe(0);
  expect(shrunk.overBytes).toBeGreaterThan(0);
});
