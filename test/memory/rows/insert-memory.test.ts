import { expect, it } from 'vitest';
import { insertMemory } from '../../../src/memory/rows/insert-memory.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings');

const now = new Date('2026-11-24T12:00:00Z');

it('stores all that is known of a memory, to be prepared', async () => {
  const id = await insertMemory(store, {
    content: 'The NAS stands in the cellar.',
    kind: 'fact',
    source: 'cli',
    trust: 'owner',
    origin: 'owner',
    importance: 0.8,
    title: 'NAS',
    tags: ['home', 'hardware'],
    conversation: 'garden',
    eventId: 7,
    taskId: 9,
    now,
  });
  const { rows } = await store.query({
    text: `SELECT id, kind, content, source, trust, origin, importance, title, tags, conversation, event_id, task_id, prepared,
                  created_at, last_seen_at FROM memory_embeddings`,
  });
  expect(rows).toEqual([
    {
      id,
      kind: 'fact',
      content: 'The NAS stands in the cellar.',
      source: 'cli',
      trust: 'owner',
      origin: 'owner',
      importance: 0.8,
      title: 'NAS',
      tags: ['home', 'hardware'],
      conversation: 'garden',
      event_id: 7,
      task_id: 9,
      prepared: false,
      created_at: now,
      last_seen_at: now,
    },
  ]);
});

it('judges the importance itself, and takes characters that Postgres does not', async () => {
  const memory = { kind: 'event', source: 'email', trust: 'untrusted', origin: 'event', now } as const;
  await insertMemory(store, { ...memory, content: 'a\0b \ud800 c', title: '\udfff' });
  const { rows } = await store.query({
    text: 'SELECT content, title, importance FROM memory_embeddings',
  });
  expect(rows).toEqual([{ content: 'a\ufffdb \ufffd c', title: '\ufffd', importance: 0.2 }]);
});
