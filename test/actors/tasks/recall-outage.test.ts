import { describe, expect, it } from 'vitest';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { putMemory } from '../../helpers/graph-fixtures.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';
import { queueTask, startWorker, taskRow } from './tasks-harness.ts';

const entry = childEntry(import.meta.url, '../../../src/tasks/agents/offline-agent.ts');
async function open(): Promise<TempDatabase> {
  const database = await tempDatabase();
  closeAfterTest(() => database.stop());
  return database;
}

function work({ store }: TempDatabase, beforeRecall: () => Promise<void> = () => Promise.resolve()) {
  const { recall } = recallerOn(store);
  const worker = startWorker({
    store,
    agent: () => ({ kind: 'offline', reason: 'no CLI', tried: [], entry }),
    limits: { recallMs: 30_000, storeRetryMs: 50 },
    recall: async (query) => {
      await beforeRecall();
      return recall(query);
    },
  });
  closeAfterTest(() => worker.stop());
  return worker;
}

describe('a task whose recall finds the database gone', () => {
  it('goes on without memories, and says so to the agent, in its transcript, in its row and in the log', async () => {
    const database = await open();
    await putMemory(database.store, 'disk on nas is at 91%');
    const id = await queueTask(database.store, { prompt: 'what did the nas say?' });
    const worker = work(database, () => database.away());
    await expect
      .poll(() => worker.progress.join(), { timeout: 30_000 })
      .toContain('going on without memories: ');
    await database.restart();
    const { state, reply } = await worker.ends(id);
    expect(state).toBe('done');
    expect(reply).toContain('Nor could I look into the memories: the database cannot be reached');
    expect(reply).not.toContain('91%');

    const row = await taskRow(database.store, id);
    expect(row).toMatchObject({ memories: [], state: 'done' });
    expect(row['reason']).toContain('it ran without memories: the database cannot be reached');
    const { rows } = await database.store.query<{ told: string }>({
      text: `SELECT (SELECT string_agg(entries::text, '') FROM task_transcripts) || (SELECT string_agg(detail::text, '') FROM activity_log) AS told`,
    });
    expect(rows[0]?.told).toContain('"without memories: the database cannot be reached');
    expect(rows[0]?.told).toContain('it ran without memories: the database cannot be reached');
  });

  it('has them, counted and in its row, where the database is there', async () => {
    const database = await open();
    const memory = await putMemory(database.store, 'disk on nas is at 91%');
    const id = await queueTask(database.store, { prompt: 'what did the nas say?' });
    const { reply } = await work(database).ends(id);
    expect(reply).toContain('> disk on nas is at 91%');
    expect((await taskRow(database.store, id))['memories']).toMatchObject([{ id: `memory:${memory}` }]);
    const { rows } = await database.store.query({
      text: 'SELECT recall_count, last_recalled_at IS NOT NULL AS dated FROM memory_embeddings',
    });
    expect(rows).toEqual([{ recall_count: 1, dated: true }]);
  });
});
