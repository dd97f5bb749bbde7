import { afterEach, describe, expect, it } from 'vitest';
import { analyzeGrown, maintain } from '../../../src/lib/store/maintain.ts';
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

describe('analyzeGrown', () => {
  it('has statements planned anew that were prepared while their table was small', async () => {
    database = await tempDatabase();
    const { store } = database;
    await store.query({ text: 'CREATE TABLE growing (id int PRIMARY KEY, note text)' });
    await store.query({ text: 'CREATE TABLE calm (n int)' });
    const plan = () =>
      store.transaction(async (tx) => {
        const { rows } = await tx.query<{ 'QUERY PLAN': string }>({ text: 'EXPLAIN EXECUTE found(7)' });
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
    await store.query({ text: 'INSERT INTO growing SELECT n, n::text FROM generate_series(1, 5) AS n' });
    await store.query({ text: 'ANALYZE growing' });
    await store.query({ text: 'PREPARE found (int) AS SELECT note FROM growing WHERE id = $1' });
    for (let turn = 0; turn < 6; turn += 1) await store.query({ text: 'EXECUTE found(1)' });
    await store.query({ text: 'INSERT INTO growing SELECT n, n::text FROM generate_series(6, 50000) AS n' });
    await store.query({ text: 'SELECT pg_stat_force_next_flush()' });
    expect(await plan()).toContain('Seq Scan');
    const analyzed = await analyzeGrown(store);
    expect(analyzed).toContain('public.growing');
    expect(analyzed).not.toContain('public.calm');
    expect(await plan()).toContain('Index Scan');
    // Until it has doubled again.
    await store.query({
      text: 'INSERT INTO growing SELECT n, n::text FROM generate_series(50001, 60000) AS n',
    });
    await store.query({ text: 'SELECT pg_stat_force_next_flush()' });
    expect(await analyzeGrown(store)).toEqual([]);
  });
});
