import { describe, expect, it } from 'vitest';
import type { Statement, Store } from '../../../src/lib/store/store.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { rememberAll } from './remembered.ts';

const { store } = useDatabase('memory_embeddings');

const subjects = ['disk', 'garden', 'kettle', 'bicycle', 'invoice', 'router', 'sourdough', 'piano'];
// Of fewer the planner rightly looks at all for forty of them.
const memories = Array.from({ length: 2_000 }, (_, n) => ({
  content: `${subjects[n % 8] ?? ''} story ${n} of the ${subjects[(n * 3 + 1) % 8] ?? ''}, told on day ${n % 31}`,
}));

/** The same store, which keeps the plan of each statement before it runs it. */
function planning(): { store: Store; plans: Map<string, string> } {
  const plans = new Map<string, string>();
  const query: Store['query'] = async (statement) => {
    plans.set(statement.name ?? statement.text, await planOf(statement));
    return store.query(statement);
  };
  return { store: { query, transaction: (work) => store.transaction(work) }, plans };
}

async function planOf({ text, values = [] }: Statement): Promise<string> {
  const { rows } = await store.query<{ 'QUERY PLAN': string }>({
    text: `EXPLAIN (COSTS OFF) ${text}`,
    values,
  });
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const { signal } = new AbortController();

describe('the plans of a recall', () => {
  it('never look at every memory there is, whether the planner has heard of them or not', async () => {
    await rememberAll(store, memories);
    for (const statistics of ['none', 'new']) {
      // The embedded database learns of a table's growth seconds later.
      if (statistics === 'new') await store.query({ text: 'ANALYZE memory_embeddings' });
      const { store: watched, plans } = planning();
      const text = 'what did the garden say of story 1201 yesterday?';
      const { memories: found } = await recallerOn(watched).recall({
        text,
        limit: 5,
        budgetTokens: 1_500,
        signal,
      });
      expect(found).not.toEqual([]);
      expect([...plans.keys()]).toEqual(expect.arrayContaining(['recall-full-text', 'recall-successors']));
      const whole = [...plans].filter(([, plan]) => /Seq Scan on memory_embeddings/.test(plan));
      expect(whole.map(([name, plan]) => `${name} (statistics: ${statistics}):\n${plan}`)).toEqual([]);
    }
  });
});
