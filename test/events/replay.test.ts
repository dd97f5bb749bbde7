import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventWriter } from '../../src/events/event-writer.ts';
import { replayEvent } from '../../src/events/replay.ts';
import { findEvent } from '../../src/events/rows/search-events.ts';
import { type TempDatabase, tempDatabase } from '../helpers/temp-database.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
  await database.store.query({
    text: `INSERT INTO journals (uuid, epoch, host, created_at)
           SELECT gen_random_uuid(), 1, 'here', now() FROM generate_series(1, 2)`,
  });
});
afterAll(() => database.stop());

/** Keeps a dead letter of a journal, by the journal's number, and returns the keys with which it is replayed when asked for twice. */
async function replayedKeys(journal: number, position: number): Promise<string[]> {
  const { store } = database;
  const id = journal * 2 ** 40 + position;
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           VALUES ($1, 3, 'web:form', 'note', 'hello', now(), now(), 'reflex', 'all', 'dead')`,
    values: [id],
  });
  const event = await findEvent(store, id);
  if (event === undefined) throw new Error('the event was not kept');
  const keys: string[] = [];
  const writer = {
    putAccepted: (_event: unknown, key: string) => Promise.resolve(void keys.push(key)),
  } as unknown as EventWriter;
  for (let time = 0; time < 2; time += 1)
    await replayEvent({ store, writer, now: () => new Date() }, { by: 'cli' }, event);
  return keys;
}

it('replays a dead letter once, under a key that its source cannot have used before', async () => {
  const [first, again] = await replayedKeys(1, 40);
  expect(again).toBe(first);
  expect(first).toMatch(/^replay:[0-9a-f]{32}$/);
  expect(await replayedKeys(1, 41)).not.toContain(first);
  // The same position in the journal of another home.
  expect(await replayedKeys(2, 40)).not.toContain(first);
});
