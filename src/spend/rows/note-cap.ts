import type { SpendState } from '../ledger.ts';
import type { Store } from '../../lib/store/store.ts';

/**
 * Writes into the activity log that the cap is reached, or that tasks run again, and resolves to whether that was news:
 * the log remembers what was said last, over restarts and for every daemon on the same database.
 */
export async function noteCap(
  store: Pick<Store, 'query'>,
  { state, summary, now }: { state: SpendState; summary: string; now: Date },
): Promise<boolean> {
  const { rowCount } = await store.query({
    name: 'spend-note-cap',
    text: `INSERT INTO activity_log (at, actor, action, summary, detail)
           SELECT $1, 'spend', $2, $3, $4
            WHERE $2 <> coalesce((SELECT action FROM activity_log WHERE actor = 'spend' ORDER BY id DESC LIMIT 1),
                                 'spend.resumed')`,
    values: [now, state.reached === null ? 'spend.resumed' : 'spend.capped', summary, JSON.stringify(state)],
  });
  return rowCount === 1;
}
