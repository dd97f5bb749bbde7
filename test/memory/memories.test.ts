import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus.ts';
import { NotFoundError } from '../../src/lib/errors.ts';
import { createMemories, type ExportedMemory, type Memories } from '../../src/memory/memories.ts';
import { lexicalEmbedder } from '../../src/memory/embed/lexical-embedder.ts';
import { memoryLine } from '../../src/memory/memory-line.ts';
import { registerModel, storeVectors } from '../../src/memory/embed/vector-table.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { putMemory } from '../helpers/graph-fixtures.ts';
import { useDatabase } from '../helpers/use-database.ts';

const database = useDatabase('memory_embeddings', 'activity_log');

const now = new Date('2026-03-01T12:00:00Z');
const desk = () =>
  createMemories({ store: database.store, bus: createBus(() => undefined), by: 'cli', now: () => now });
const query = { limit: 50 };

async function one(text: string, values: unknown[] = []): Promise<Record<string, unknown>> {
  return (await database.store.query({ text, values })).rows[0] ?? {};
}

/** A memory that is through the pipeline, with its vector. */
async function prepared(content: string, options: Parameters<typeof putMemory>[2] = {}): Promise<number> {
  const id = await putMemory(database.store, content, options);
  const model = await registerModel(database.store, lexicalEmbedder, now);
  const [vector] = await lexicalEmbedder.embed([content], {
    kind: 'passage',
    signal: AbortSignal.timeout(5_000),
  });
  await storeVectors(database.store, model, [{ memoryId: id, vector: vector as Float32Array }]);
  return id;
}

const stateOf = (id: number) =>
  one(
    `SELECT content, title, prepared, trust, edited_at, (SELECT count(*)::int FROM memory_vectors WHERE memory_id = id) AS vectors
       FROM memory_embeddings WHERE id = $1`,
    [id],
  );

const acts = async (): Promise<unknown[]> =>
  (await database.store.query({ text: 'SELECT action, actor, detail FROM activity_log ORDER BY id' })).rows;

async function exported(
  filter: Parameters<ReturnType<typeof desk>['export']>[0] = {},
): Promise<ExportedMemory[]> {
  const lines: ExportedMemory[] = [];
  for await (const page of desk().export(filter)) lines.push(...page);
  return lines;
}

describe('listing', () => {
  it('narrows by kind, trust, source, tag, words, time and event, the newest first, page by page', async () => {
    const { store } = database;
    const disk = await putMemory(store, 'disk full', {
      source: 'cron:disk',
      trust: 'local',
      at: new Date('2026-01-01'),
    });
    const roof = await putMemory(store, 'roof leaks', { eventId: 9, at: new Date('2026-02-01') });
    const mail = await putMemory(store, 'roof offer', {
      source: 'email',
      trust: 'untrusted',
      at: new Date('2026-02-02'),
    });
    await store.query({
      text: `UPDATE memory_embeddings SET tags = '{home}', kind = 'fact' WHERE id = $1`,
      values: [roof],
    });
    const ids = async (filter: object) => (await desk().list({ ...query, ...filter })).map(({ id }) => id);

    expect(await ids({})).toEqual([mail, roof, disk]);
    expect(await ids({ limit: 1, before: mail })).toEqual([roof]);
    expect(await ids({ text: 'ROOF' })).toEqual([mail, roof]);
    expect(await ids({ source: 'cron' })).toEqual([disk]);
    expect(await ids({ trust: 'untrusted' })).toEqual([mail]);
    expect(await ids({ tag: 'home', kind: 'fact' })).toEqual([roof]);
    expect(await ids({ since: new Date('2026-01-15'), until: new Date('2026-02-02') })).toEqual([roof]);
    expect(await ids({ event: 9 })).toEqual([roof]);
    expect(await ids({ pinned: true })).toEqual([]);
    await expect(desk().memory(4_711)).rejects.toThrow(NotFoundError);
  });
});

describe('adding', () => {
  it('keeps a text of the owner for the pipeline, and says so in the log', async () => {
    const { id } = await desk().add({
      content: 'the key is with Amara',
      kind: 'fact',
      title: 'key',
      tags: ['home'],
    });
    expect(await stateOf(id)).toMatchObject({
      content: 'the key is with Amara',
      title: 'key',
      prepared: false,
      trust: 'owner',
    });
    expect(await one('SELECT origin, tags FROM memory_embeddings')).toEqual({
      origin: 'owner',
      tags: ['home'],
    });
    expect(await acts()).toEqual([
      { action: 'memory.added', actor: 'owner', detail: { memory: id, by: 'cli' } },
    ]);
  });
});

describe('editing', () => {
  it('sends other words through the pipeline again, without their old vectors, and leaves the trust', async () => {
    const id = await prepared('the roof is red', { source: 'email', trust: 'untrusted' });
    expect(await desk().edit(id, { content: 'the roof is blue' })).toMatchObject({
      content: 'the roof is blue',
    });
    expect(await stateOf(id)).toEqual({
      content: 'the roof is blue',
      title: null,
      prepared: false,
      trust: 'untrusted',
      edited_at: now,
      vectors: 0,
    });
    expect(await acts()).toMatchObject([
      { action: 'memory.edited', detail: { memory: id, changed: ['content'] } },
    ]);
  });

  it('keeps the vectors of one whose words stay, and takes a title away', async () => {
    const id = await prepared('the roof is red');
    await desk().edit(id, { importance: 0.9, tags: ['house'], kind: 'fact', content: 'the roof is red' });
    expect(await stateOf(id)).toMatchObject({ prepared: true, vectors: 1, edited_at: now });
    expect(await desk().memory(id)).toMatchObject({ kind: 'fact', tags: ['house'] });
    await desk().edit(id, { title: 'roof' });
    expect(await stateOf(id)).toMatchObject({ title: 'roof', prepared: false, vectors: 0 });
    expect(await desk().edit(id, { title: null })).toMatchObject({ title: null });
    await expect(desk().edit(id + 1, { importance: 1 })).rejects.toThrow(`there is no memory ${id + 1}`);
  });

  it('never cuts a long text', async () => {
    const id = await putMemory(database.store, `${'long '.repeat(10_000)}end`);
    expect((await desk().edit(id, { importance: 0.7 })).content).toHaveLength(50_003);
    expect((await desk().memory(id)).content).toHaveLength(50_003);
  });
});

describe('pinning', () => {
  it('is taken back by unpinning', async () => {
    const id = await putMemory(database.store, 'the roof is red');
    expect(await desk().pin(id, true)).toMatchObject({ pinned: true });
    expect(await desk().pin(id, false)).toMatchObject({ pinned: false });
    expect(await acts()).toMatchObject([{ action: 'memory.pinned' }, { action: 'memory.unpinned' }]);
  });
});

describe('whoever prepares memories', () => {
  /** What an act tells on the bus, and whether its transaction is over by then. */
  async function told(act: (desk: Memories) => Promise<unknown>): Promise<unknown[]> {
    let isOver = true;
    const store: Store = {
      ...database.store,
      async transaction(work) {
        isOver = false;
        try {
          return await database.store.transaction(work);
        } finally {
          isOver = true;
        }
      },
    };
    const bus = createBus(() => undefined);
    const facts: unknown[] = [];
    bus.on('memory.pending', (fact) => facts.push({ ...fact, isOver }));
    await act(createMemories({ store, bus, by: 'dashboard', now: () => now }));
    return facts;
  }
  const once = [{ by: 'dashboard', isOver: true }];
  const lines = [memoryLine.parse({ content: 'the roof is green' })];

  it('is told once of what was added, reworded or imported, when it stands in the store', async () => {
    expect(await told((it) => it.add({ content: 'the key is with Amara', kind: 'fact', tags: [] }))).toEqual(
      once,
    );
    const id = await prepared('the roof is red');
    expect(await told((it) => it.edit(id, { content: 'the roof is blue', kind: 'fact' }))).toEqual(once);
    expect(await told((it) => it.import({ lines, ceiling: 'owner' }))).toEqual(once);
  });

  it('is not told of what changes no words, nor of what fails', async () => {
    const id = await prepared('the roof is red');
    await desk().import({ lines, ceiling: 'owner' });
    expect(await told((it) => it.import({ lines, ceiling: 'owner' }))).toEqual([]);
    expect(await told((it) => it.edit(id, { importance: 0.9, kind: 'fact' }))).toEqual([]);
    expect(await told((it) => it.pin(id, true))).toEqual([]);
    expect(await told((it) => it.forget([id]))).toEqual([]);
    expect(await told((it) => expect(it.edit(id, { content: 'x' })).rejects.toThrow(NotFoundError))).toEqual(
      [],
    );
  });
});

describe('forgetting', () => {
  it('is undone by importing what it printed', async () => {
    const id = await prepared('the spare key is with Amara', { at: new Date('2026-01-01') });
    await prepared('another');
    const before = await desk().memory(id);
    const lines = await desk().forget([id]);
    expect(await one('SELECT count(*)::int AS left FROM memory_embeddings')).toEqual({ left: 1 });
    expect(
      await desk().import({ lines: lines.map((line) => memoryLine.parse(line)), ceiling: 'owner' }),
    ).toEqual({
      imported: 1,
      known: 0,
    });
    const [back] = await desk().list({ ...query, text: 'spare key' });
    expect(back).toEqual({ ...before, id: back?.id });
    expect(await acts()).toMatchObject([
      { action: 'memory.forgotten', detail: { memory: id, text: 'the spare key is with Amara' } },
      { action: 'memory.imported', detail: { imported: 1 } },
    ]);
  });

  it('forgets none where one is not there', async () => {
    const id = await putMemory(database.store, 'stays');
    await expect(desk().forget([id, 4_711])).rejects.toThrow('there is no memory 4711');
    expect(await desk().memory(id)).toMatchObject({ content: 'stays' });
    expect(await acts()).toEqual([]);
  });
});

describe('exporting and importing', () => {
  it('gives all that fit, the oldest first, over many pages', async () => {
    await database.store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
             SELECT 'note', 'memory ' || n || CASE WHEN n % 100 = 0 THEN repeat('x', 600000) ELSE '' END, 'cli', 'owner', now(), now()
               FROM generate_series(1, 450) AS n`,
    });
    const lines = await exported();
    expect(lines.map(({ content }) => /\d+/.exec(content)?.[0])).toEqual(
      Array.from({ length: 450 }, (_, n) => `${n + 1}`),
    );
    expect(await exported({ trust: 'untrusted' })).toEqual([]);
  });

  it('can be repeated without doubling anything, and carries all but the number over', async () => {
    await prepared('the roof is red', { source: 'discord', at: new Date('2026-01-01') });
    await database.store.query({
      text: `UPDATE memory_embeddings SET title = 'roof', tags = '{a,b}', pinned = true, seen_count = 3, importance = 0.8, conversation = 'c'`,
    });
    const lines = (await exported()).map((line) => memoryLine.parse(line));
    expect(await desk().import({ lines, ceiling: 'owner' })).toEqual({ imported: 0, known: 1 });
    await database.store.query({ text: 'TRUNCATE memory_embeddings CASCADE' });
    expect(await desk().import({ lines: [...lines, ...lines], ceiling: 'owner' })).toEqual({
      imported: 1,
      known: 1,
    });
    const [again] = await exported();
    expect({ ...again, id: lines[0]?.id }).toEqual(lines[0]);
    expect(await one('SELECT origin, prepared FROM memory_embeddings')).toEqual({
      origin: 'import',
      prepared: false,
    });
  });

  it('trusts no line more than its source can be, nor than it is told to', async () => {
    const lines = [
      { content: 'a', source: 'email:home', trust: 'owner' },
      { content: 'b', source: 'cron:disk', trust: 'owner' },
      { content: 'c', source: 'cli', trust: 'local' },
      { content: 'd', source: 'shell:laptop', trust: 'owner' },
    ].map((line) => memoryLine.parse(line));
    const trusts = async () => (await exported()).map(({ trust }) => trust);
    await desk().import({ lines, ceiling: 'owner' });
    expect(await trusts()).toEqual(['untrusted', 'local', 'local', 'owner']);
    await database.store.query({ text: 'TRUNCATE memory_embeddings CASCADE' });
    await desk().import({ lines, ceiling: 'local' });
    expect(await trusts()).toEqual(['untrusted', 'local', 'local', 'local']);
  });

  it('takes no time from the future', async () => {
    const line = memoryLine.parse({
      content: 'a',
      createdAt: '2099-01-01T00:00:00Z',
      lastSeenAt: '2020-01-01T00:00:00Z',
    });
    await desk().import({ lines: [line], ceiling: 'owner' });
    expect(await exported()).toMatchObject([{ createdAt: now.toISOString(), lastSeenAt: now.toISOString() }]);
  });
});
