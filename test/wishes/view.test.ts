import { expect, it } from 'vitest';
import type { Tx } from '../../src/lib/store/store.ts';
import { wishPage } from '../../src/wishes/view.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { aWish, start, wishTables } from '../helpers/wishes.ts';

const { store } = useDatabase(...wishTables);

it.each([1, 2, 3, 4, 5])(
  'says of no wish that it is being drafted where its draft has ended, one that ends after statement %i too',
  async (last) => {
    const { id } = await aWish(store, 'one');
    await store.query({
      text: `WITH draft AS (INSERT INTO wish_drafts (wish_id, version, state, started_by, started_at) VALUES ($1, 1, 'drafting', 'owner', $2))
             UPDATE wishlist SET state = 'drafting', version = 1 WHERE id = $1`,
      values: [id, start],
    });
    let asked = 0;
    let turn = Promise.resolve();
    const whileItEnds: Tx = {
      // One statement after the other, as one connection would.
      query: (statement) => {
        const answer = turn.then(async () => {
          const rows = await store.query(statement);
          asked += 1;
          if (asked === last) await end(id);
          return rows;
        });
        turn = answer.then(() => undefined);
        return answer as never;
      },
    };
    const { state, versions } = await wishPage(whileItEnds, { id });
    expect([
      ['drafting', 'drafting'],
      ['blocked', 'drafting'],
      ['blocked', 'blocked'],
    ]).toContainEqual([state, versions[0]?.state]);
  },
);

async function end(id: number): Promise<void> {
  await store.query({
    text: `WITH draft AS (UPDATE wish_drafts SET state = 'blocked', reason = 'no sandbox', ended_at = $2 WHERE wish_id = $1)
           UPDATE wishlist SET state = 'blocked' WHERE id = $1`,
    values: [id, start],
  });
}
