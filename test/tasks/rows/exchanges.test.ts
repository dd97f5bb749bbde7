import { expect, it } from 'vitest';
import { handoverOf } from '../../../src/tasks/rows/exchanges.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('tasks', 'events', 'conversation_marks');

/** So many answered messages in the conversation `garden`, the first of them longest ago. */
async function saidSoFar(count: number): Promise<void> {
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           SELECT id, 0, 'cli', 'ask', 'x', now(), now(), 'task', 'r', 'done' FROM generate_series(1, $1::int) id`,
    values: [count],
  });
  await store.query({
    text: `INSERT INTO tasks (event_id, priority, source, category, conversation, prompt, reply, state, outcome, queued_at, run_after, finished_at)
           SELECT id, 0, 'cli', 'ask', 'garden', 'question ' || id || repeat(' and more', 200),
                  'answer ' || id || E'\\n' || repeat('because ', 300), 'done', 'succeeded', now(), now(), now() FROM generate_series(1, $1::int) id`,
    values: [count],
  });
}

it('tells the last exchanges nearly whole, the earlier ones by how they begin, and how many came before', async () => {
  await saidSoFar(40);
  const { exchanges, omitted } = await handoverOf(store, 'garden', 40);
  expect(omitted).toBe(9);
  expect(exchanges).toHaveLength(30);
  expect(exchanges.at(-1)).toEqual({
    said: expect.stringMatching(/^question 39 and more.{770,}…$/s) as unknown,
    answered: expect.stringMatching(/^answer 39\nbecause.{1550,}…$/s) as unknown,
  });
  expect(exchanges[0]).toEqual({
    said: expect.stringMatching(/^question 10 and more[^\n]{100,160}…$/) as unknown,
    answered: expect.stringMatching(/^answer 10 because[^\n]{150,240}…$/) as unknown,
  });
  expect(JSON.stringify(exchanges).length).toBeLessThan(27_000);
});

it('tells nothing of what was deleted, was not answered, or is of another conversation', async () => {
  await saidSoFar(3);
  await store.query({ text: `UPDATE tasks SET reply = '' WHERE event_id = 3` });
  await store.query({
    text: `INSERT INTO conversation_marks (conversation, hidden_until, updated_at) VALUES ('garden', 1, now())`,
  });
  const { exchanges, omitted } = await handoverOf(store, 'garden', 99);
  expect({ first: exchanges[0]?.said.slice(0, 10), count: exchanges.length, omitted }).toEqual({
    first: 'question 2',
    count: 1,
    omitted: 0,
  });
  expect(await handoverOf(store, 'kitchen', 99)).toEqual({ exchanges: [], omitted: 0 });
});
