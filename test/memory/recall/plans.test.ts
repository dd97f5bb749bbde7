import { describe, expect, it } from 'vitest';
import type { Statement, Store } from '../../../src/lib/store/store.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { rememberAll } from './remembered.ts';

const { store } = useDatabase('memory_embeddings');

const subjects = ['disk', 'garden', 'kettle', 'bicycle', 'invoice', 'router', 'sourdough', 'piano'];
// Of 2,000 the planner rightly looks at all for forty of them, and only of more it takes one for rare that it knows nothing of.
const memories = Array.from({ length: 8_000 }, (_, n) => ({
  content: `${subjects[n % 8] ?? ''} story ${n} of the ${subjects[(n * 3 + 1) % 8] ?? ''}, told on day ${n % 31}${' and so on'.repeat(40)}`,
}));

/** As many as there were when the planner was told of them last. */
const few = 1_000;

/** The same store, which keeps the plan of each statement before it runs it. */
function planning(): { store: Store; plans: Map<string, string> } {
  const plans = new Map<string, string>();
  const query: Store['query'] = async (statement) => {
    plans.set(statement.name ?? statement.text, await planOf(statement));
    return store.query(statement);
  };
  return { store: { query, transaction: (work) => store.transaction(work) }, plans };
}

/** The plan for these values, and the one for any values that a connection keeps once it has planned a statement a few times. */
async function planOf({ text, values = [] }: Statement): Promise<string> {
  const plans = [
    await store.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN (COSTS OFF) ${text}`, values }),
    await store.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN (COSTS OFF, GENERIC_PLAN) ${text}` }),
  ];
  return plans.flatMap(({ rows }) => rows.map((row) => row['QUERY PLAN'])).join('\n');
}

/** A scan of all rows, or of a whole index in its order. */
function looksAtAll(plan: string): boolean {
  const lines = plan.split('\n');
  return lines.some((line, at) => {
    if (/Seq Scan on memory_embeddings/.test(line)) return true;
    if (!/Index (Only )?Scan .*on memory_embeddings/.test(line) || /Bitmap/.test(line)) return false;
    const rest = lines.slice(at + 1);
    const next = rest.findIndex((other) => other.includes('->'));
    return !rest.slice(0, next === -1 ? undefined : next).some((other) => other.includes('Index Cond'));
  });
}

const { signal } = new AbortController();

describe('the plans of a recall', () => {
  it('never look at every memory there is, whether the planner has heard of them, of a part of them, or of none', async () => {
    for (const statistics of ['none', 'new', 'old']) {
      // The embedded database learns of a table's growth seconds later.
      if (statistics === 'none') await rememberAll(store, memories);
      if (statistics === 'new') await store.query({ text: 'ANALYZE memory_embeddings' });
      if (statistics === 'old') {
        await store.query({ text: 'DELETE FROM memory_embeddings' });
        await store.query({ text: 'VACUUM memory_embeddings' });
        await rememberAll(store, memories.slice(0, few));
        await store.query({ text: 'ANALYZE memory_embeddings' });
        await rememberAll(store, memories.slice(few));
      }
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
      const whole = [...plans].filter(([, plan]) => looksAtAll(plan));
      expect(whole.map(([name, plan]) => `${name} (statistics: ${statistics}):\n${plan}`)).toEqual([]);
    }
  });
});
