import { expect, it } from 'vitest';
import { pruneStore } from '../../src/retention/prune.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { aWish, start, wishTables } from '../helpers/wishes.ts';

const { store } = useDatabase(...wishTables);
const day = 86_400_000;

it('drops the drafts of wishes that are over, and never what says that one was rejected', async () => {
  for (const [title, state] of [
    ['one', 'rejected'],
    ['two', 'drafted'],
  ] as const) {
    const { id } = await aWish(store, title);
    await store.query({
      text: `WITH draft AS (INSERT INTO wish_drafts (wish_id, version, state, started_by, base, patch, summary, started_at, ended_at)
                            VALUES ($1, 1, 'drafted', 'night', 'b', 'p', 's', $3, $3))
             UPDATE wishlist SET state = $2, version = 1 WHERE id = $1`,
      values: [id, state, start],
    });
  }
  await store.query({
    text: `INSERT INTO retrospectives (state, by_hand, fire_id, period_from, period_until, started_at, ended_at)
           SELECT 'completed', false, n, $1::timestamptz - interval '3 days', $1, $1, $1 FROM generate_series(1, 2) AS n`,
    values: [start],
  });
  const retention = { eventsDays: 9, tasksDays: 9, activityDays: 9, deliveriesDays: 9, firesDays: 9 };
  await pruneStore(store, retention, new Date(start.getTime() + 10 * day));
  const { rows } = await store.query({
    text: `SELECT wishlist.id, wishlist.state, wish_drafts.version FROM wishlist LEFT JOIN wish_drafts ON wish_id = wishlist.id ORDER BY 1`,
  });
  expect(rows).toEqual([
    { id: 1, state: 'rejected', version: null },
    { id: 2, state: 'drafted', version: 1 },
  ]);
  // The last one says when the next one is due.
  expect((await store.query({ text: 'SELECT id FROM retrospectives' })).rows).toEqual([{ id: 2 }]);
});
