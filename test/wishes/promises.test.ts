import { beforeEach, describe, expect, it } from 'vitest';
import { learnedFrom } from '../../src/wishes/learned.ts';
import { measurePromises } from '../../src/wishes/promises.ts';
import { findWish } from '../../src/wishes/rows.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { aWish, shortTrail, start, wishTables } from '../helpers/wishes.ts';

const { store } = useDatabase(...wishTables, 'tasks', 'events');
const day = 86_400_000;
const appliedAt = start;
const after = (days: number): Date => new Date(appliedAt.getTime() + days * day);

/** Tasks that ended `days` after the application, of which so many failed. */
async function tasks(days: number, ended: number, failed: number): Promise<void> {
  await store.query({
    text: `
      WITH event AS (
        INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
        SELECT (SELECT coalesce(max(id), 0) FROM events) + n, 3, 'email', 'mail', 'x', now(), now(), 'task', 'r', 'done'
          FROM generate_series(1, $2::int) AS n RETURNING id)
      INSERT INTO tasks (event_id, state, priority, source, category, prompt, outcome, queued_at, run_after, started_at, finished_at)
      SELECT id, CASE WHEN row_number() OVER () <= $3::int THEN 'dead' ELSE 'done' END, 3, 'email', 'mail', 'x', 'x', $1, $1, $1, $1 FROM event`,
    values: [after(days), ended, failed],
  });
}

async function applied(goal = 0.2): Promise<number> {
  const { id } = await aWish(store, 'Cut long mails', {
    expected: { metric: 'task.failureRate:mail', today: 0.5, goal },
  });
  await store.query({
    text: `UPDATE wishlist SET state = 'applied', version = 1, applied_at = $2 WHERE id = $1`,
    values: [id, appliedAt],
  });
  return id;
}

const measure = (days: number) =>
  store.transaction((tx) => measurePromises(tx, { now: after(days), leastMs: 3 * day }));

describe('the promise of an applied wish', () => {
  beforeEach(() => tasks(-1, 4, 2));

  it('is kept where the metric has come to the goal, over as long before as after', async () => {
    const id = await applied();
    await tasks(-4, 10, 10);
    await tasks(1, 10, 1);
    const [verdict] = await measure(3);
    expect(verdict?.verdict).toBe('kept: task.failureRate:mail went from 0.5 to 0.1, and 0.2 was the goal');
    expect(await findWish(store, id)).toMatchObject({
      state: 'kept',
      promise: {
        before: 0.5,
        after: 0.1,
        goal: 0.2,
        kept: true,
        from: after(-3).toISOString(),
        until: after(3).toISOString(),
      },
    });
    expect((await shortTrail(store, id)).at(-1)).toBe('retrospective: applied → kept');
    expect(await learnedFrom(store)).toEqual([
      'wish 1 (Cut long mails) kept its promise: task.failureRate:mail went from 0.5 to 0.1, and 0.2 was the goal',
    ]);
  });

  it('is not kept where it has not', async () => {
    const id = await applied();
    await tasks(1, 10, 4);
    await measure(3);
    expect(await findWish(store, id)).toMatchObject({
      state: 'unkept',
      promise: { after: 0.4, kept: false },
    });
    expect((await learnedFrom(store))[0]).toContain('did not keep its promise');
  });

  it('has its figures and no verdict before as many days have passed as a retrospective has', async () => {
    const id = await applied();
    await tasks(0.5, 10, 0);
    const [verdict] = await measure(1);
    expect(verdict?.verdict).toContain('it is too early to say');
    expect(await findWish(store, id)).toMatchObject({ state: 'applied', promise: { after: 0, kept: null } });
  });

  it('waits where nothing has happened that could be measured', async () => {
    const id = await applied();
    expect((await measure(4))[0]?.verdict).toContain('nothing can be measured yet');
    expect(await findWish(store, id)).toMatchObject({
      state: 'applied',
      promise: { before: 0.5, after: null },
    });
  });

  it('is measured anew for four weeks, and may turn', async () => {
    const id = await applied();
    await tasks(1, 10, 1);
    await measure(3);
    await tasks(5, 10, 9);
    await measure(6);
    expect(await findWish(store, id)).toMatchObject({ state: 'unkept', promise: { after: 0.5 } });
    await tasks(40, 10, 0);
    expect(await measure(41)).toEqual([]);
  });

  it('is asked of no wish that made none', async () => {
    const { id } = await aWish(store, 'be kind');
    await store.query({
      text: `UPDATE wishlist SET state = 'applied', version = 1, applied_at = $2 WHERE id = $1`,
      values: [id, appliedAt],
    });
    expect(await measure(3)).toEqual([]);
  });
});
