import { describe, expect, it } from 'vitest';
import type { Statement, Tx } from '../../../src/lib/store/store.ts';
import { findByMergeKey } from '../../../src/memory/rows/pending.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings');

/** The plan of what a function asks, on a database that nobody has analysed, as the embedded one is. */
async function planOf(ask: (tx: Tx) => Promise<unknown>): Promise<string> {
  const asked: Statement[] = [];
  const listening: Tx = {
    query: (statement) => {
      asked.push(statement);
      return store.query(statement);
    },
  };
  await ask(listening);
  const [{ text, values = [] }] = asked as [Statement];
  const { rows } = await store.query({ text: `EXPLAIN ${text}`, values });
  return rows.map((row) => row['QUERY PLAN'] as string).join('\n');
}

describe('what is asked for each batch', () => {
  it('looks keys up by their index alone, and not through all memories that are no chunk of a document', async () => {
    await store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared, merge_key)
             SELECT 'note', 'reading ' || number, 'cron:meter', 'local', now(), now(), true, md5(number::text)
               FROM generate_series(1, 3000) AS number`,
    });
    const plan = await planOf((tx) =>
      findByMergeKey(
        tx,
        Array.from({ length: 32 }, (_, index) => `key ${index}`),
      ),
    );
    expect(plan).toContain('memory_embeddings_merge_idx');
    expect(plan).not.toContain('document_chunk');
  });
});
