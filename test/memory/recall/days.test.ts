import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recallLines } from '../../../src/cli/recall-print.ts';
import { recordEvents } from '../../../src/events/rows/record-events.ts';
import { localIso, localTime, zoneName } from '../../../src/lib/local-time.ts';
import { importMemories } from '../../../src/memory/rows/import-memories.ts';
import { moveWaiting } from '../../../src/memory/rows/inbox.ts';
import { insertMemory } from '../../../src/memory/rows/insert-memory.ts';
import { searchFullText } from '../../../src/memory/recall/full-text.ts';
import { assemblePrompt } from '../../../src/tasks/run/prompt.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings', 'memory_inbox', 'events');

/** 23:27 on 27 November in Honolulu. */
const late = new Date('2026-11-28T09:27:00Z');
const memory = { kind: 'note', source: 'shell', trust: 'owner', origin: 'owner' } as const;

/** The contents that these days find, each in both spellings. */
async function on(day: string, iso: string): Promise<string[]> {
  const waiting = await store.query<{ id: number }>({ text: 'SELECT id FROM memory_inbox' });
  await moveWaiting(
    store,
    waiting.rows.map(({ id }) => id),
  );
  await store.query({ text: 'UPDATE memory_embeddings SET prepared = true' });
  const found = await Promise.all(
    [day, iso].map(async (text) => {
      const { codes } = await searchFullText(store, { text, limit: 10 });
      const ids = codes.hits.map(({ id }) => Number(id.slice('memory:'.length)));
      const { rows } = await store.query<{ content: string }>({
        text: 'SELECT content FROM memory_embeddings WHERE id = ANY ($1::bigint[]) ORDER BY id',
        values: [ids],
      });
      return rows.map(({ content }) => content);
    }),
  );
  expect(found[0]).toEqual(found[1]);
  return found[0] ?? [];
}

describe.each(['Pacific/Honolulu', 'Pacific/Kiritimati'])('the days of an owner in %s', (zone) => {
  beforeEach(() => void vi.stubEnv('TZ', zone));
  afterEach(() => void vi.unstubAllEnvs());

  const isWest = zone === 'Pacific/Honolulu';
  const [own, ownIso] = isWest ? ['27 November', '2026-11-27'] : ['28 November', '2026-11-28'];
  const [other, otherIso] = isWest ? ['28 November', '2026-11-28'] : ['27 November', '2026-11-27'];

  it('are those of their zone, wherever a memory comes from', async () => {
    await insertMemory(store, { ...memory, content: 'the pump was repaired', now: late });
    await importMemories(store, [
      {
        ...memory,
        content: 'the hose was bought',
        title: null,
        importance: 0.5,
        tags: [],
        pinned: false,
        conversation: null,
        seenCount: 1,
        createdAt: late,
        lastSeenAt: late,
      },
    ]);
    expect(await on(own, ownIso)).toEqual(['the pump was repaired', 'the hose was bought']);
    expect(await on(other, otherIso)).toEqual([]);
  });

  it('are those that an event says, and never in the future', async () => {
    const event = (id: number, content: string, occurredAt: Date) => ({
      id,
      priority: 3,
      source: 'cron:pump',
      category: 'note',
      payload: content,
      occurredAt: occurredAt.getTime(),
      receivedAt: late.getTime(),
      route: 'reflex:note',
      rule: 'note',
      status: 'done' as const,
      notes: [{ content, kind: 'note' as const, trust: 'local' as const, origin: 'event' as const }],
    });
    await recordEvents(
      store,
      [
        event(1, 'the pump was loud', new Date(late.getTime() - 8 * 24 * 60 * 60_000)),
        event(2, 'the pump was silent', late),
        event(3, 'the pump will break', new Date('2031-05-05T12:00:00Z')),
      ],
      late,
    );
    expect(await on(isWest ? '19 November' : '20 November', isWest ? '2026-11-19' : '2026-11-20')).toEqual([
      'the pump was loud',
    ]);
    expect(await on(own, ownIso)).toEqual(['the pump was silent', 'the pump will break']);
    expect(await on('5 May', '2031-05-05')).toEqual([]);
  });

  it('are printed so, and told to the agent with the zone', () => {
    const recalled = { ...memory, id: 'memory:1', content: 'x', score: 1 };
    const [line] = recallLines({
      memories: [{ ...recalled, createdAt: late.toISOString() }],
      candidates: [],
      embedder: { model: 'm', degraded: null },
      reranker: { model: null, reason: null },
      vectors: 'exact',
      problems: [],
      timings: [],
    });
    expect(line).toContain(`trust: owner, ${ownIso}`);
    const prompt = assemblePrompt({
      text: 'hello',
      source: 'cli',
      trust: 'owner',
      memories: [{ ...recalled, createdAt: late }],
      now: late,
    });
    const offset = isWest ? '-10:00' : '+14:00';
    expect(prompt).toContain(`It is ${isWest ? 'Friday' : 'Saturday'}, ${localTime(late)} (${zone}).`);
    expect(prompt).toContain(`trust: owner), ${ownIso}T23:27:00.000${offset}`);
    expect(new Date(localIso(late))).toEqual(late);
    expect(zoneName()).toBe(zone);
  });
});
