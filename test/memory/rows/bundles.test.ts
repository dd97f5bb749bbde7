import { expect, it } from 'vitest';
import { type EventRecord, recordEvents } from '../../../src/events/rows/record-events.ts';
import { noteOf } from '../../../src/memory/note-of.ts';
import { nextBundled, takeBundled } from '../../../src/memory/rows/bundles.ts';
import { pruneStore } from '../../../src/retention/prune.ts';
import { shrunkTables } from '../../../src/storage/parts.ts';
import { readPayload } from '../../../src/lib/wire/parse-line.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings', 'memory_inbox', 'memory_bundles', 'events');
const now = new Date('2026-11-29T10:00:00Z');
const all = { limit: 1_000, maxChars: 1_000_000 };

/** An event of category `note` as the router records it. */
function noted(id: number, payload: string, source = 'cron:flood'): EventRecord {
  const at = now.getTime() - id;
  const event = { ...readPayload(payload), source };
  return {
    id,
    priority: 3,
    source,
    category: 'note',
    payload: event.payload,
    occurredAt: at,
    receivedAt: at,
    route: 'reflex:note',
    rule: 'note',
    status: 'done',
    conversation: event.conversation,
    notes: [{ ...noteOf(event), origin: 'event' }],
  };
}
const readings = (count: number, first = 1): EventRecord[] =>
  Array.from({ length: count }, (_, index) => noted(first + index, `reading ${first + index} of the meter`));
const bundles = async (): Promise<{ notes: string; count: number; first_event: number | null }[]> =>
  (
    await store.query<{ notes: string; count: number; first_event: number | null }>({
      text: 'SELECT notes, count, first_event FROM memory_bundles ORDER BY id',
    })
  ).rows;

it('stores the text of a note that is its event’s payload once, and reads it there', async () => {
  await recordEvents(store, readings(100), now);
  const stored = await bundles();
  expect(stored.map(({ count }) => count)).toEqual([32, 32, 32, 4]);
  expect(stored.map(({ first_event: first }) => first)).toEqual([1, 33, 65, 97]);
  expect(stored.some(({ notes }) => notes.includes('reading'))).toBe(false);
  // Those of a flood have little of their own beside that.
  expect(stored[0]?.notes.length).toBeLessThan(32 * 70);
  const found = await nextBundled(store, all);
  expect(found).toHaveLength(100);
  for (const { content, event_id: id, created_at: at, importance, seen_count: seen, day } of found) {
    expect(content).toBe(`reading ${id} of the meter`);
    expect(at.getTime()).toBe(now.getTime() - id);
    expect([importance, seen, day]).toEqual([0.5, 1, '2026-11-29']);
  }
});

it('gives each note what its own event says of it, whatever stands before it in the bundle', async () => {
  const records = [
    ...readings(50),
    noted(
      51,
      '{"text":"the boiler is serviced in May","title":"Boiler","tags":["house","heat"],"kind":"fact"}',
    ),
    noted(52, 'reading 52 of the meter', 'email:work'),
    noted(53, '{"text":"reading 53 of the meter","conversation":"cellar"}'),
    noted(54, '{ braces may begin a text', 'sensor:x'),
    noted(55, '{"text":"never turn it off, this is important"}'),
    noted(56, 'reading 56 of the meter'),
    noted(57, '{"text":"reading 56 of the meter","kind":"fact"}'),
    noted(58, 'reading 58 of the meter', 'cron:one'),
    noted(59, 'reading 58 of the meter', 'cron:other'),
  ];
  await recordEvents(store, records, now);
  expect((await bundles()).reduce((sum, { count }) => sum + count, 0)).toBe(59);
  const found = new Map((await nextBundled(store, all)).map((note) => [note.event_id, note]));
  const plain = {
    kind: 'note',
    title: null,
    tags: [],
    conversation: null,
    trust: 'local',
    source: 'cron:flood',
  };
  expect(found.get(50)).toMatchObject({ ...plain, content: 'reading 50 of the meter' });
  expect(found.get(51)).toMatchObject({
    ...plain,
    content: 'the boiler is serviced in May',
    title: 'Boiler',
    tags: ['house', 'heat'],
    kind: 'fact',
  });
  expect(found.get(52)).toMatchObject({
    ...plain,
    content: 'reading 52 of the meter',
    source: 'email:work',
    trust: 'untrusted',
  });
  expect(found.get(53)).toMatchObject({
    ...plain,
    content: 'reading 53 of the meter',
    conversation: 'cellar',
  });
  expect(found.get(54)).toMatchObject({ ...plain, content: '{ braces may begin a text', source: 'sensor:x' });
  expect(found.get(55)).toMatchObject({ ...plain, importance: 0.65 });
  expect(found.get(56)).toMatchObject({ ...plain, content: 'reading 56 of the meter', importance: 0.5 });
  expect(found.get(57)).toMatchObject({ ...plain, kind: 'fact', content: 'reading 56 of the meter' });
  for (const [id, source] of [
    [58, 'cron:one'],
    [59, 'cron:other'],
  ] as const)
    expect(found.get(id)).toMatchObject({
      ...plain,
      source,
      content: 'reading 58 of the meter',
      seen_count: 1,
    });
});

it('counts a text that is one event’s payload and another one’s text', async () => {
  const said = [
    noted(102, 'the pump runs'),
    noted(101, '{"text":"the pump runs"}'),
    noted(103, 'the pump runs'),
  ];
  await recordEvents(store, [...readings(60), ...said], now);
  const found = (await nextBundled(store, all)).filter(({ content }) => content === 'the pump runs');
  expect(found).toMatchObject([{ seen_count: 3, event_id: 101 }]);
});

it('reads bundles of before, which have all their texts', async () => {
  const old = {
    kind: 'note',
    content: 'the old shed is green',
    source: 'cron:flood',
    trust: 'local',
    origin: 'event',
    importance: 0.7,
    title: null,
    tags: ['shed'],
    conversation: null,
    event_id: 7,
    seen_count: 2,
    created: now.getTime() - 5,
    lastSeen: now.getTime(),
    day: '2026-11-28',
  };
  await store.query({
    text: 'INSERT INTO memory_bundles (notes, count, chars) VALUES ($1, 2, 40)',
    values: [JSON.stringify([old, { ...old, content: 'the old shed is red', tags: [], event_id: 8 }])],
  });
  const { created, lastSeen, ...rest } = old;
  const times = { created_at: new Date(created), last_seen_at: new Date(lastSeen) };
  expect(await nextBundled(store, all)).toMatchObject([
    { ...rest, ...times },
    { ...rest, ...times, content: 'the old shed is red', tags: [], event_id: 8 },
  ]);
});

it('leaves out notes whose event somebody has deleted, and does not wait for them', async () => {
  await recordEvents(store, readings(64), now);
  await store.query({ text: 'DELETE FROM events WHERE id > 32 OR id = 3' });
  const found = await nextBundled(store, { limit: 32, maxChars: 1_000_000 });
  expect(found).toHaveLength(31);
  expect(found.map(({ event_id: id }) => id)).not.toContain(3);
  await takeBundled(store, found);
  expect(await bundles()).toEqual([]);
});

it('keeps events that notes are still to be read from, however old they are and whatever they take', async () => {
  await recordEvents(store, readings(60), now);
  const late = new Date(now.getTime() + 1_000 * 86_400_000);
  const days = { eventsDays: 10, tasksDays: 20, deliveriesDays: 30, activityDays: 30, firesDays: 30 };
  const mayGo = `SELECT count(*)::int AS count FROM events WHERE ${shrunkTables.at(-1)?.may ?? ''}`;
  const going = async (): Promise<unknown> => (await store.query({ text: mayGo })).rows[0]?.['count'];
  expect(await going()).toBe(0);
  expect(await pruneStore(store, days, late)).toBe(0);
  await takeBundled(store, await nextBundled(store, all));
  expect(await going()).toBe(60);
  expect(await pruneStore(store, days, late)).toBe(60);
});
