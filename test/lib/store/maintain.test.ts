import { afterEach, describe, expect, it } from 'vitest';
import { maintain } from '../../../src/lib/store/maintain.ts';
import { tempDatabase, type TempDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;

afterEach(async () => {
  await database.stop();
});

describe('maintain', () => {
  it('vacuums a table once many of its rows are dead, and not again', async () => {
    database = await tempDatabase();
    const { store } = database;
    await store.query({ text: 'CREATE TABLE churned AS SELECT n FROM generate_series(1, 5000) AS n' });
    await store.query({ text: 'CREATE TABLE calm (n int)' });
    await maintain(store);
    await store.query({ text: 'UPDATE churned SET n = n + 1' });
    // Postgres writes its counts down now and then; here they are needed at once.
    await store.query({ text: 'SELECT pg_stat_force_next_flush()' });
    const vacuumed = await maintain(store);
    expect(vacuumed).toContain('public.churned');
    expect(vacuumed).not.toContain('public.calm');
    expect(await maintain(store)).not.toContain('public.churned');
  });

  it('keeps the write-ahead log from growing', async () => {
    database = await tempDatabase();
    const { store } = database;
    const segments = async () =>
      (await store.query<{ n: number }>({ text: 'SELECT count(*) AS n FROM pg_ls_waldir()' })).rows[0]?.n ??
      0;
    await store.query({ text: 'CREATE TABLE filler (text text)' });
    const sizes: number[] = [];
    for (let round = 0; round < 4; round++) {
      await store.query({
        text: `INSERT INTO filler SELECT repeat(md5(n::text), 60) FROM generate_series(1, 15000) AS n; TRUNCATE filler`,
      });
      await maintain(store);
      sizes.push(await segments());
    }
    expect(sizes.at(-1)).toBeLessThanOrEqual((sizes[1] ?? 0) + 1);
  });
});
