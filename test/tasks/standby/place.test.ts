import { expect, it } from 'vitest';
import { newAskConversation } from '../../../src/lib/wire/ask-conversation.ts';
import { placeOfNext } from '../../../src/tasks/standby/place.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('tasks', 'events', 'conversations');
const now = new Date('2026-11-29T12:00:00Z');
const session = '6f1c1a52-0000-4000-8000-0123456789ab';

/** An answered message of the owner in that conversation; resolves to the place of the next. */
async function after(conversation: string | null) {
  const { rows } = await store.query<{ id: number }>({
    text: `
      WITH event AS (
        INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, conversation)
        SELECT coalesce(max(id), 0) + 1, 0, 'cli', 'ask', 'x', $1, $1, 'task', 'r', 'done', $2 FROM events RETURNING id),
      known AS (
        INSERT INTO conversations (id, session_id, created_at, last_used_at) SELECT $2, $3, $1, $1 WHERE $2 IS NOT NULL
        ON CONFLICT DO NOTHING)
      INSERT INTO tasks (event_id, state, priority, source, category, conversation, prompt, reply, outcome, attempts, queued_at,
                         run_after, started_at, finished_at)
      SELECT id, 'done', 0, 'cli', 'ask', $2, 'x', 'y', 'succeeded', 1, $1, $1, $1, $1 FROM event RETURNING id`,
    values: [now, conversation, session],
  });
  return placeOfNext(store, { after: rows[0]?.id ?? 0, worker: 'w', now, sessionIdleDays: 7 });
}

it('is the conversation of the last message', async () => {
  expect(await after('garden')).toMatchObject({ conversation: 'garden', resume: session });
  expect(await after(null)).toMatchObject({ conversation: null, resume: null });
});

it('is a new one after a question in a terminal, until somebody goes on with that', async () => {
  const asked = newAskConversation();
  expect(await after(asked)).toMatchObject({ conversation: null, resume: null });
  expect(await after(asked)).toMatchObject({ conversation: asked, resume: session });
  expect(await after(newAskConversation())).toMatchObject({ conversation: null, resume: null });
});

/** A message that is not answered yet. */
async function open(
  state: 'queued' | 'running',
  changes: { priority?: number; inDoubt?: boolean; dueAt?: Date } = {},
) {
  const { priority = 0, inDoubt = false, dueAt = now } = changes;
  await store.query({
    text: `
      WITH event AS (
        INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
        SELECT coalesce(max(id), 0) + 1, $3::int, 'cli', 'ask', 'x', $1::timestamptz, $1::timestamptz, 'task', 'r', 'task' FROM events RETURNING id)
      INSERT INTO tasks (event_id, state, priority, source, category, prompt, attempts, queued_at, run_after, in_doubt,
                         started_at, worker, lease_until)
      SELECT id, $2::text, $3::int, 'cli', 'ask', 'x', 1, $1::timestamptz, $4::timestamptz, $5::boolean,
             $1::timestamptz, gen_random_uuid(), $1::timestamptz + interval '1 minute'
        FROM event`,
    values: [now, state, priority, dueAt, inDoubt],
  });
}

it('is nowhere while a task waits for its turn, whosever it is, but for those that wait for the owner or for later', async () => {
  await after('garden');
  await open('queued', { inDoubt: true });
  await open('queued', { dueAt: new Date(now.getTime() + 60_000) });
  expect(await after('garden')).toMatchObject({ conversation: 'garden' });
  await open('queued', { priority: 4 });
  expect(await after('garden')).toBe('a task waits for its turn');
});

it('is nowhere while a message is being answered, and elsewhere a task may run', async () => {
  await open('running', { priority: 3 });
  expect(await after('garden')).toMatchObject({ conversation: 'garden' });
  await open('running');
  expect(await after('garden')).toBe('a message is being answered');
});
