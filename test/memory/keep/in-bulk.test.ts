import { describe, expect, it, vi } from 'vitest';
import { type EventRecord, recordEvents } from '../../../src/events/rows/record-events.ts';
import type { Store, Tx } from '../../../src/lib/store/store.ts';
import { lexicalEmbedder } from '../../../src/memory/embed/lexical-embedder.ts';
import { createInHand } from '../../../src/memory/keep/in-hand.ts';
import { createNotePreparer } from '../../../src/memory/keep/prepare-notes.ts';
import { prepareText } from '../../../src/memory/keep/prepare-text.ts';
import { importMemories } from '../../../src/memory/rows/import-memories.ts';
import { memoryKeeperOn } from '../../helpers/memory-keeper.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
const { store } = useDatabase(
  'memory_embeddings',
  'memory_inbox',
  'memory_bundles',
  'memory_documents',
  'events',
  'tasks',
  'graph_pending',
);
const { signal } = new AbortController();
const now = new Date('2026-11-29T10:00:00Z');

const keeper = (on: Store = store, budgetMs = 300_000, inHand = createInHand()) =>
  memoryKeeperOn(on, { budgetMs, inHand, now: () => now }).keep;

let lastId = 0;
const noted = (content: string, trust: 'owner' | 'local' = 'local', at = now): EventRecord => ({
  id: (lastId += 1),
  priority: trust === 'owner' ? 0 : 3,
  source: trust === 'owner' ? 'cli' : 'cron:flood',
  category: 'note',
  payload: content,
  occurredAt: at.getTime(),
  receivedAt: at.getTime(),
  route: 'reflex:note',
  rule: 'note',
  status: 'done',
  notes: [{ content, kind: 'note', trust, origin: 'event' }],
});
const imported = (content: string, title: string | null = null) => ({
  kind: 'note',
  content,
  title,
  source: 'cli',
  trust: 'owner',
  importance: 0.5,
  tags: [],
  pinned: false,
  conversation: null,
  seenCount: 1,
  createdAt: now,
  lastSeenAt: now,
});
const bundled = async (): Promise<number> =>
  (
    await store.query<{ notes: number }>({
      text: 'SELECT coalesce(sum(count), 0)::int AS notes FROM memory_bundles',
    })
  ).rows[0]?.notes ?? -1;
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const count = async (sql: string): Promise<number> =>
  (await store.query<{ count: number }>({ text: `SELECT count(*)::int AS count FROM ${sql}` })).rows[0]
    ?.count ?? -1;

describe('in bulk', () => {
  it('a flood of equal notes waits as one row and is one memory that counts them', async () => {
    const flood = Array.from({ length: 1_000 }, (_, index) =>
      noted('the pump runs', 'local', new Date(now.getTime() - index * 1_000)),
    );
    for (let from = 0; from < flood.length; from += 250)
      await recordEvents(store, flood.slice(from, from + 250), now);
    await recordEvents(store, [noted('the pump stands')], now);
    expect(await count('memory_inbox')).toBe(1);
    expect(await count('memory_embeddings')).toBe(1);
    await keeper()(signal);
    const { rows } = await store.query({
      text: 'SELECT content, seen_count, created_at, event_id FROM memory_embeddings ORDER BY seen_count DESC',
    });
    expect(rows).toMatchObject([
      { content: 'the pump runs', seen_count: 1_000, created_at: new Date(now.getTime() - 999_000) },
      { content: 'the pump stands', seen_count: 1 },
    ]);
    // What comes later is counted on the memory itself.
    await recordEvents(store, [noted('the pump runs'), noted('the pump runs')], now);
    await keeper()(signal);
    expect(await count('memory_embeddings WHERE seen_count = 1002')).toBe(1);
    expect(await count('memory_inbox')).toBe(0);
  });

  it('equal notes that come one by one never wait as more than one row, and each is counted', async () => {
    const at = (minute: number): Date => new Date(now.getTime() - minute * 60_000);
    for (let index = 0; index < 30; index += 1)
      await recordEvents(
        store,
        [noted('the pump runs', 'local', at(30 - index)), noted(`reading ${index}`)],
        now,
      );
    expect(await count(`memory_embeddings WHERE content = 'the pump runs'`)).toBe(1);
    // What differs in anything else than its time waits by itself.
    await recordEvents(store, [noted('the pump runs', 'owner')], now);
    expect(await count(`memory_embeddings WHERE content = 'the pump runs'`)).toBe(2);
    await keeper()(signal);
    await recordEvents(store, [noted('the pump runs', 'local', at(90))], now);
    await keeper()(signal);
    const { rows } = await store.query({
      text: `SELECT trust, seen_count, created_at FROM memory_embeddings WHERE content = 'the pump runs' ORDER BY trust`,
    });
    expect(rows).toMatchObject([
      { trust: 'local', seen_count: 31, created_at: at(90) },
      { trust: 'owner', seen_count: 1 },
    ]);
  });

  it('counts what is said again while its memory is being merged', async () => {
    await recordEvents(store, [noted('the pump runs')], now);
    await keeper()(signal);
    await recordEvents(store, [noted('the pump runs')], now);
    // The moment before the batch is carried out.
    let isFirst = true;
    const late: Store = {
      query: (statement) => store.query(statement),
      async transaction(work) {
        if (isFirst) await recordEvents(store, [noted('the pump runs'), noted('the pump runs')], now);
        isFirst = false;
        return store.transaction(work);
      },
    };
    await keeper(late)(signal);
    await keeper()(signal);
    expect(await count('memory_embeddings')).toBe(1);
    expect(await count('memory_embeddings WHERE seen_count = 4')).toBe(1);
  });

  it('different notes of a flood wait in few rows, and each is a memory that counts what was said', async () => {
    const flood = Array.from({ length: 300 }, (_, index) =>
      noted(`reading ${index % 250} of the meter`, 'local', daysAgo(index % 250)),
    );
    await recordEvents(store, flood, now);
    expect(await count('memory_inbox')).toBe(0);
    expect(await count('memory_bundles')).toBeLessThan(10);
    expect(await bundled()).toBe(250);
    // An answer that was lost: the same events once more, with new ones.
    await recordEvents(
      store,
      [...flood.slice(100), ...[251, 252].map((index) => noted(`reading ${index} of the meter`))],
      now,
    );
    await recordEvents(store, [noted('reading 7 of the meter')], now);
    await keeper()(signal);
    expect(await bundled()).toBe(0);
    const { rows } = await store.query({
      text: `SELECT count(*)::int AS memories, sum(seen_count)::int AS said, count(vector.*)::int AS vectors,
                    bool_and(prepared AND day = created_at::date) AS whole
               FROM memory_embeddings AS memory LEFT JOIN memory_vectors AS vector ON memory_id = memory.id`,
    });
    expect(rows).toEqual([{ memories: 252, said: 303, vectors: 252, whole: true }]);
    const { rows: rest } = await store.query({
      text: `SELECT seen_count, created_at, event_id, source FROM memory_embeddings
              WHERE content IN ('reading 7 of the meter', 'reading 8 of the meter') ORDER BY content`,
    });
    expect(rest).toMatchObject([
      { seen_count: 3, created_at: daysAgo(7), source: 'cron:flood' },
      { seen_count: 2, created_at: daysAgo(8), source: 'cron:flood', event_id: flood[8]?.id },
    ]);
  });

  it('a note of a bundle whose memory goes before it is counted becomes one of its own', async () => {
    await recordEvents(store, [noted('reading 7 of the meter')], now);
    await keeper()(signal);
    await recordEvents(
      store,
      Array.from({ length: 60 }, (_, index) => noted(`reading ${index} of the meter`)),
      now,
    );
    let isFirst = true;
    const late: Store = {
      query: (statement) => store.query(statement),
      async transaction(work) {
        if (isFirst) await store.query({ text: 'DELETE FROM memory_embeddings' });
        isFirst = false;
        return store.transaction(work);
      },
    };
    await keeper(late)(signal);
    await keeper()(signal);
    expect(await count('memory_embeddings WHERE prepared AND seen_count = 1')).toBe(60);
  });

  it('reads the next notes of bundles and prepares their texts while it stores a batch', async () => {
    await recordEvents(
      store,
      Array.from({ length: 300 }, (_, index) => noted(`reading ${index} of the meter`)),
      now,
    );
    const limit = 64;
    const asked = new Set<string>();
    // The first batch is stored only once a text of the second one is asked for; one at a time, it would never be.
    const patient: Store = {
      query: (statement) => store.query(statement),
      async transaction(work) {
        await vi.waitUntil(() => asked.size > limit, { timeout: 10_000 });
        return store.transaction(work);
      },
    };
    const prepareNotes = createNotePreparer({
      store: patient,
      embedders: { lexical: lexicalEmbedder },
      prepareText: (text) => {
        asked.add(text);
        return prepareText(text);
      },
      now: () => now,
    });
    const handed: number[] = [];
    for (;;) {
      const { notes, isAll } = await prepareNotes({ limit, signal, goOn: () => true });
      if (isAll) break;
      handed.push(...notes.map(({ id }) => id));
    }
    expect(new Set(handed).size).toBe(300);
    expect(handed).toHaveLength(300);
    expect(await count('memory_embeddings WHERE prepared')).toBe(300);
    expect(await bundled()).toBe(0);
  });

  it('the owner’s last words are found while thousands of others wait', async () => {
    await importMemories(
      store,
      Array.from({ length: 1_500 }, (_, index) => imported(`imported line ${index} about the archive`)),
    );
    await recordEvents(
      store,
      Array.from({ length: 1_500 }, (_, index) => noted(`reading ${index} of the meter`)),
      now,
    );
    await recordEvents(store, [noted('the spare key is with Ulla', 'owner')], now);
    await recordEvents(store, [noted('the attic gauge is loud')], now);
    const inHand = createInHand();
    inHand.arrive('owner');
    // One pass that has no time: a batch at most.
    await keeper(store, 0, inHand)(signal);
    // The owner's words are not in hand any more, though the rest is.
    await inHand.untilOwnersSettled(1_000_000);
    expect(
      (await count('memory_embeddings WHERE NOT prepared')) +
        (await count('memory_inbox')) +
        (await bundled()),
    ).toBeGreaterThan(2_500);
    const { memories } = await recallerOn(store).recall({
      text: 'who has the spare key?',
      limit: 3,
      budgetTokens: 500,
      signal,
    });
    expect(memories[0]?.content).toBe('the spare key is with Ulla');
    const other = await recallerOn(store).recall({
      text: 'attic gauge',
      limit: 1,
      budgetTokens: 500,
      signal,
    });
    expect(other.memories[0]?.content).toBe('the attic gauge is loud');
  });

  it('a kill at any instant loses and doubles nothing', async () => {
    const texts = [
      'the shed is green',
      'the shed is greener',
      'my rent is 900 euros',
      'my rent is 950 euros',
      '鍵は山田さんが持っています',
    ];
    const expected = async (): Promise<unknown> =>
      (
        await store.query({
          text: `SELECT content, seen_count, prepared, replaced_by IS NOT NULL AS replaced,
                        (SELECT count(*)::int FROM memory_vectors WHERE memory_id = memory.id) AS vectors
                   FROM memory_embeddings AS memory ORDER BY content`,
        })
      ).rows;
    let whole: unknown;
    for (let dies = -1; dies < 40; dies += 1) {
      await store.query({ text: 'TRUNCATE memory_embeddings, memory_inbox, events CASCADE' });
      for (const [index, text] of texts.entries())
        await recordEvents(
          store,
          [
            noted(text, 'owner', new Date(now.getTime() + index)),
            noted(text, 'owner', new Date(now.getTime() + index)),
          ],
          now,
        );
      await recordEvents(store, [noted('the shed is green', 'owner')], now);
      const mortal = dies < 0 ? undefined : mortalStore(store, dies);
      if (mortal !== undefined) await keeper(mortal)(signal).catch(() => undefined);
      await keeper()(signal);
      const found = await expected();
      whole ??= found;
      expect(found, `killed at statement ${dies}`).toEqual(whole);
      if (mortal?.lived() === true) break;
    }
    expect(whole).toMatchObject([
      { content: 'my rent is 900 euros', seen_count: 2, replaced: true, vectors: 1 },
      { content: 'my rent is 950 euros', seen_count: 2, replaced: false },
      { content: 'the shed is green', seen_count: 3 },
      { content: 'the shed is greener', seen_count: 2 },
      { content: '鍵は山田さんが持っています', seen_count: 2, prepared: true },
    ]);
  });

  it('a kill at any instant neither loses nor doubles notes of a bundle', async () => {
    const texts = [
      ...Array.from({ length: 48 }, (_, index) => `reading ${index} of the meter`),
      'The shed is green.',
      'the shed is greener',
      'the shed is green',
      `# Manual\n\n${'The pump is in the cellar, and its filter has to be cleaned. '.repeat(80)}`,
    ];
    const state = async (): Promise<unknown> =>
      (
        await store.query({
          text: `SELECT left(content, 40) AS content, seen_count, prepared,
                        (SELECT count(*)::int FROM memory_vectors WHERE memory_id = memory.id) AS vectors
                   FROM memory_embeddings AS memory ORDER BY content, chunk`,
        })
      ).rows;
    let whole: unknown[] | undefined;
    for (let dies = -1; dies < 60; dies += 1) {
      await store.query({
        text: 'TRUNCATE memory_embeddings, memory_bundles, memory_documents, events CASCADE',
      });
      await recordEvents(
        store,
        texts.map((text, index) => noted(text, 'local', new Date(now.getTime() + index - 1_000))),
        now,
      );
      const mortal = dies < 0 ? undefined : mortalStore(store, dies);
      if (mortal !== undefined) await keeper(mortal)(signal).catch(() => undefined);
      await keeper()(signal);
      const found = await state();
      whole ??= found as unknown[];
      expect(found, `killed at statement ${dies}`).toEqual(whole);
      if (mortal?.lived() === true) break;
    }
    expect(whole?.length).toBeGreaterThan(51);
    expect(whole).toContainEqual({ content: 'the shed is green', seen_count: 2, prepared: true, vectors: 1 });
  });

  it('gives memories the words that the database would find in them', async () => {
    const texts = [
      'ERR-0042 on nas-07, 3rd of May',
      'die Katzen sind auf dem Dach',
      'Müller met Ünal',
      'he met them at 9',
    ];
    await importMemories(
      store,
      texts.map((text, index) => imported(`${text} again`, index % 2 === 0 ? null : 'A title, T-7')),
    );
    await recordEvents(
      store,
      Array.from({ length: 60 }, (_, index) =>
        noted(`${texts[index % 4] ?? ''} ${index}`, 'local', daysAgo(index)),
      ),
      now,
    );
    await keeper()(signal);
    const found = `memory_terms(coalesce(title || E'\\n', '') || content) || memory_day_word(day)`;
    expect(await count(`memory_embeddings WHERE prepared AND search = ${found}`)).toBe(64);
    expect(await count(`graph_pending WHERE origin = 'memory'`)).toBe(64);
  });

  it('takes a hundred memories in few statements', async () => {
    await recordEvents(
      store,
      Array.from({ length: 100 }, (_, index) => noted(`reading ${index} of the meter`)),
      now,
    );
    const keep = keeper(counted);
    statements = 0;
    await keep(signal);
    expect(await count('memory_embeddings WHERE prepared')).toBe(100);
    console.log(`${statements} statements for 100 memories`);
    expect(statements).toBeLessThan(50);
  });
});

let statements = 0;
const counted: Store = {
  query(statement) {
    statements += 1;
    return store.query(statement);
  },
  transaction: (work) =>
    store.transaction((tx) =>
      work({
        query(statement) {
          statements += 1;
          return tx.query(statement);
        },
      }),
    ),
};

/** A store whose daemon is killed when it sends statement number `dies`: what it began is undone. */
function mortalStore(real: Store, dies: number): Store & { lived: () => boolean } {
  let left = dies;
  const guarded = (tx: Tx): Tx => ({
    query(statement) {
      if (left <= 0) return Promise.reject(new Error('killed'));
      left -= 1;
      return tx.query(statement);
    },
  });
  return {
    ...guarded(real),
    transaction: (work) => real.transaction((tx) => work(guarded(tx))),
    lived: () => left > 0,
  };
}
