import { describe, expect, it } from 'vitest';
import { createGraphExpansion } from '../../src/graph/expand.ts';
import { learnPending } from '../../src/graph/learn.ts';
import type { RecallFilter } from '../../src/memory/recall/recall.ts';
import { directReader, putMemory, putTask } from '../helpers/graph-fixtures.ts';
import { recallerOn } from '../helpers/recall.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(
  'memory_embeddings',
  'tasks',
  'entities',
  'entity_names',
  'graph_pending',
  'machines',
  'activity_log',
);

async function read(): Promise<void> {
  await learnPending({
    store,
    reader: directReader(),
    budgetMs: 60_000,
    onGivenUp: (_, error) => {
      throw error;
    },
  });
}

/** The reason of each hit, in order, by id. */
async function expand(text: string, filter?: RecallFilter): Promise<[string, string | undefined][]> {
  const { hits, reasons } = await createGraphExpansion(store)({ text, ...(filter && { filter }) });
  return hits.map(({ id }) => [id, reasons?.get(id)]);
}

describe('expanding a question over the graph', () => {
  it('finds what mentions the entity first, then what mentions its neighbours, with the way there', async () => {
    const runs = await putMemory(store, 'backup-job runs on nas.');
    const slow = await putMemory(store, 'backup-job was slow again.');
    const full = await putMemory(store, 'nas is nearly full.');
    await putMemory(store, 'web-01 is fine.');
    await read();
    const found = await expand('What is wrong with NAS?');
    expect(
      found
        .slice(0, 2)
        .map(([id]) => id)
        .sort(),
    ).toEqual([`memory:${full}`, `memory:${runs}`].sort());
    expect(found).toContainEqual([`memory:${full}`, 'mentions nas']);
    expect(found[2]).toEqual([`memory:${slow}`, 'via nas → backup-job']);
    expect(found).toHaveLength(3);
  });

  it('knows an entity by any of its names, in small letters, and spelled nearly so', async () => {
    const id = await putMemory(store, 'Robert Fischer, also known as Bobby, came.');
    await read();
    for (const question of [
      'when does bobby come?',
      'robert fischer',
      "Robert Fischer's car",
      'Robrt Fischr',
    ])
      expect(await expand(question), question).toEqual([[`memory:${id}`, 'mentions Robert Fischer']]);
    expect(await expand('what is the weather like tomorrow?')).toEqual([]);
    expect(await expand('')).toEqual([]);
  });

  it('does not walk where only a stranger says that two belong together', async () => {
    await putMemory(store, 'nas is up.');
    await putMemory(store, 'web-66 belongs to nas.', { trust: 'untrusted', source: 'email' });
    const bait = await putMemory(store, 'web-66 wants your password.', {
      trust: 'untrusted',
      source: 'email',
    });
    await read();
    const ids = (await expand('how is nas?')).map(([id]) => id);
    expect(ids).toHaveLength(2);
    expect(ids).not.toContain(`memory:${bait}`);
  });

  it('keeps to the filter', async () => {
    const old = await putMemory(store, 'nas was bought.', {
      at: new Date('2020-01-01'),
      source: 'cron:disk',
      trust: 'local',
    });
    const young = await putMemory(store, 'nas is full.');
    await read();
    expect((await expand('nas', { since: new Date('2021-01-01') })).map(([id]) => id)).toEqual([
      `memory:${young}`,
    ]);
    expect((await expand('nas', { until: new Date('2021-01-01') })).map(([id]) => id)).toEqual([
      `memory:${old}`,
    ]);
    expect((await expand('nas', { sources: ['cron'] })).map(([id]) => id)).toEqual([`memory:${old}`]);
    expect((await expand('nas', { trusts: ['owner'] })).map(([id]) => id)).toEqual([`memory:${young}`]);
    expect(await expand('nas', { kinds: ['fact'] })).toEqual([]);
  });

  it('leads to the memory of a task, not to the task', async () => {
    await putTask(store, { prompt: 'is nas up?', reply: 'It is.', eventId: 1 });
    const kept = await putTask(store, { prompt: 'is nas fast?', reply: 'It is.', eventId: 2 });
    const memory = await putMemory(store, 'nas is fast.');
    await store.query({
      text: `UPDATE memory_embeddings SET task_id = $1, origin = 'task' WHERE id = $2`,
      values: [kept, memory],
    });
    await read();
    const ids = (await expand('nas')).map(([id]) => id);
    expect(ids).toEqual([`memory:${memory}`]);
  });

  it('is a voice of recall, which finds what shares no word with the question and says by which way', async () => {
    await putMemory(store, 'backup-job runs on nas.');
    const slow = await putMemory(store, 'backup-job took nine hours.');
    await read();
    const question = {
      text: 'why is nas busy?',
      limit: 5,
      budgetTokens: 1_500,
      signal: new AbortController().signal,
    };
    const { memories: alone } = await recallerOn(store).recall(question);
    expect(alone.map(({ id }) => id)).not.toContain(`memory:${slow}`);
    const report = await recallerOn(store, {
      expand: [createGraphExpansion(store)],
    }).explain(question);
    expect(report.memories.map(({ id }) => id)).toContain(`memory:${slow}`);
    const found = report.candidates.find(({ id }) => id === `memory:${slow}`)?.found;
    expect(found).toContainEqual(
      expect.objectContaining({ retriever: 'graph', reason: 'via nas → backup-job' }),
    );
  });
});
