import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/tasks/rows/attempt-record.ts';
import { claimTask } from '../../../src/tasks/rows/claim.ts';
import { recordOutcome } from '../../../src/tasks/rows/record-outcome.ts';
import { queueTask } from '../../actors/tasks/tasks-harness.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());

it('books what an attempt has cost though another daemon goes on with its task, once, and changes nothing else', async () => {
  const { store } = database;
  const id = await queueTask(store);
  const claim = (worker: string) =>
    claimTask(store, { worker, now: new Date(), leaseMs: 60_000, humanOnly: false });
  const task = await claim(randomUUID());
  if (task === undefined) throw new Error('there was nothing to claim');
  await store.query({ text: `UPDATE tasks SET state = 'queued', worker = NULL, lease_until = NULL` });
  const other = await claim(randomUUID());
  const record: AttemptRecord = {
    task,
    outcome: { kind: 'succeeded', reply: 'done' },
    verdict: { state: 'done' },
    reply: 'done',
    progress: '',
    agent: null,
    memories: [],
    sessionId: null,
    resumed: null,
    keepSession: false,
    staleSession: false,
    sessionCostUsd: 0.25,
    usage: null,
    unbilled: {},
    endedItself: true,
    heard: [],
    note: undefined,
    now: new Date(),
  };
  for (let time = 0; time < 2; time += 1) expect(await recordOutcome(store, record)).toBeUndefined();
  const { rows } = await store.query({
    text: `SELECT state, worker, reply, attempts, cost_usd::float8 AS cost,
                  (SELECT sum(cost_usd)::float8 FROM task_costs WHERE task_id = tasks.id) AS booked
             FROM tasks WHERE id = $1`,
    values: [id],
  });
  expect(rows).toEqual([
    { state: 'running', worker: other?.worker, reply: null, attempts: 2, cost: 0.25, booked: 0.25 },
  ]);
  const { rows: log } = await store.query({ text: `SELECT action, summary FROM activity_log` });
  expect(log).toEqual([
    {
      action: 'task.superseded',
      summary: `attempt 1 of task ${id} ended after another daemon had taken the task over`,
    },
  ]);
});
