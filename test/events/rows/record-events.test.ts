import { describe, expect, it } from 'vitest';
import { type EventRecord, recordEvents } from '../../../src/events/rows/record-events.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const database = useDatabase('tasks', 'memory_embeddings', 'memory_inbox', 'memory_bundles', 'events');

const now = new Date('2026-01-01T00:00:00Z');

function event(id: number, changes: Partial<EventRecord> = {}): EventRecord {
  return {
    id,
    priority: 4,
    source: 'cron:disk',
    category: 'metric',
    payload: `payload ${id}`,
    occurredAt: Date.UTC(2026, 0, 1) + 0.25,
    receivedAt: Date.UTC(2026, 0, 2),
    route: 'reflex:record',
    rule: 'otherwise',
    status: 'done',
    ...changes,
  };
}

/** The real store, and the names of the statements that went to it. */
function watched(): { store: Store; names: (string | undefined)[] } {
  const names: (string | undefined)[] = [];
  const store: Store = {
    query: (statement) => {
      names.push(statement.name);
      return database.store.query(statement);
    },
    transaction: (work) => database.store.transaction(work),
  };
  return { store, names };
}

async function rows(columns: string): Promise<unknown[]> {
  const text = `SELECT ${columns} FROM events ORDER BY id`;
  return (await database.store.query({ text, rowMode: 'array', values: [] })).rows;
}

describe('recordEvents', () => {
  it('writes every column of a plain event, times to the fraction of a millisecond', async () => {
    const { store, names } = watched();
    const awkward = 'a "quoted" \\ line\nand {more}, NULL';
    await recordEvents(store, [event(1, { payload: awkward }), event(2)], now);
    expect(names).toEqual(['record-plain-events']);
    const columns = `id, payload, priority, source, category, extract(epoch FROM occurred_at)::text,
      extract(epoch FROM received_at)::text, route, rule, status, reason, reply, conversation, dedup_key`;
    const rest = [
      ...[4, 'cron:disk', 'metric', '1767225600.000250', '1767312000.000000'],
      ...['reflex:record', 'otherwise', 'done', null, null, null, null],
    ];
    expect(await rows(columns)).toEqual([
      [1, awkward, ...rest],
      [2, 'payload 2', ...rest],
    ]);
  });

  it('leaves plain events that are recorded already as they are, and adds the others', async () => {
    const { store, names } = watched();
    await recordEvents(store, [event(1), event(2)], now);
    const again = { payload: 'again' };
    await recordEvents(store, [event(1, again), event(2, again), event(3)], now);
    expect(names).toEqual(['record-plain-events', 'record-plain-events', 'record-plain-events-again']);
    expect(await rows('id, payload')).toEqual([
      [1, 'payload 1'],
      [2, 'payload 2'],
      [3, 'payload 3'],
    ]);
  });

  it('writes what only some events of a batch have', async () => {
    const { store, names } = watched();
    const more = {
      reason: 'why',
      reply: 'here',
      conversation: 'c',
      dedupKey: 'k',
      status: 'dropped',
    } as const;
    await recordEvents(store, [event(1), event(2, more)], now);
    expect(names).toEqual(['record-events']);
    expect(await rows('id, status, reason, reply, conversation, dedup_key')).toEqual([
      [1, 'done', null, null, null, null],
      [2, 'dropped', 'why', 'here', 'c', 'k'],
    ]);
  });

  it('causes a task and a memory once, however often their events are recorded', async () => {
    const { store } = watched();
    const batch = [
      event(1, { status: 'task', task: { prompt: 'do it', replyTo: 'discord:1' } }),
      event(2, { notes: [{ content: 'the nas is full', kind: 'note', trust: 'local', origin: 'event' }] }),
      event(3),
    ];
    await recordEvents(store, batch, now);
    await recordEvents(store, batch, now);
    const tasks = await database.store.query({
      text: 'SELECT event_id, prompt, reply_to, state, queued_at FROM tasks',
    });
    expect(tasks.rows).toEqual([
      { event_id: 1, prompt: 'do it', reply_to: 'discord:1', state: 'queued', queued_at: now },
    ]);
    const notes = await database.store.query({
      text: 'SELECT event_id, kind, content, trust, seen_count FROM memory_embeddings',
    });
    expect(notes.rows).toEqual([
      { event_id: 2, kind: 'note', content: 'the nas is full', trust: 'local', seen_count: 1 },
    ]);
    expect(await rows('id')).toEqual([[1], [2], [3]]);
  });

  it('lets many notes that are often the same wait in the inbox, once, however often their events are recorded', async () => {
    const { store } = watched();
    const batch = Array.from({ length: 60 }, (_, index) =>
      event(index + 1, {
        notes: [{ content: `note ${index % 20}`, kind: 'note', trust: 'local', origin: 'event' }],
      }),
    );
    await recordEvents(store, batch, now);
    await recordEvents(store, batch, now);
    const counted = await database.store.query({
      text: `SELECT (SELECT count(*)::int FROM memory_embeddings) AS memories, count(*)::int AS waiting,
                    sum(seen_count)::int AS said FROM memory_inbox`,
    });
    expect(counted.rows).toEqual([{ memories: 0, waiting: 20, said: 60 }]);
  });

  it('records nothing of a batch in which Postgres refuses a row, and passes the refusal on', async () => {
    const { store } = watched();
    await expect(recordEvents(store, [event(1), event(2, { priority: 9 })], now)).rejects.toMatchObject({
      constraint: 'events_priority_known',
    });
    expect(await rows('id')).toEqual([]);
  });
});
