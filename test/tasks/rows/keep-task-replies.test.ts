import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cancelQueuedTask, retryEndedTask } from '../../../src/tasks/rows/amend.ts';
import { claimTask } from '../../../src/tasks/rows/claim.ts';
import type { AttemptRecord } from '../../../src/tasks/rows/attempt-record.ts';
import { recordOutcome } from '../../../src/tasks/rows/record-outcome.ts';
import { markSteered } from '../../../src/tasks/rows/steered.ts';
import { clearOutbox, deliveries } from '../../helpers/outbox.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';
import { queueTask, type QueuedTask } from '../../actors/tasks/tasks-harness.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await database.store.query({ text: 'TRUNCATE tasks, events, conversations, self_tasks' });
  await clearOutbox(database.store);
});

const store = () => database.store;
const worker = randomUUID();
const done = {
  outcome: { kind: 'succeeded', reply: 'it is full' },
  verdict: { state: 'done' },
  reply: 'it is full',
} as const;
const failed = {
  outcome: { kind: 'crashed', reason: 'it broke' },
  verdict: { state: 'failed' },
  reply: 'it is',
} as const;
const requeued = {
  outcome: { kind: 'crashed', reason: 'it broke' },
  verdict: { state: 'queued', delayMs: 0, spendsAttempt: true },
  reply: '',
} as const;

async function claim() {
  const task = await claimTask(store(), { worker, now: new Date(), leaseMs: 60_000, humanOnly: false });
  if (task === undefined) throw new Error('there was nothing to claim');
  return task;
}

type End = Pick<AttemptRecord, 'outcome' | 'verdict' | 'reply'>;

function recordOf(task: AttemptRecord['task'], end: End, heard: readonly number[] = []): AttemptRecord {
  return {
    task,
    ...end,
    progress: '',
    agent: null,
    memories: [],
    sessionId: null,
    resumed: null,
    keepSession: false,
    staleSession: false,
    sessionCostUsd: undefined,
    usage: null,
    unbilled: {},
    endedItself: true,
    heard,
    note: undefined,
    now: new Date(),
  };
}

async function run(queued: QueuedTask, end: End) {
  const id = await queueTask(store(), queued);
  const record = recordOf(await claim(), end);
  await recordOutcome(store(), record);
  return { id, record };
}

const kept = async () =>
  (await deliveries(store())).map(({ channel, address, taskId, body }) => [channel, address, taskId, body]);
const owner = { replyTo: 'test:owner' };

describe('the reply to a task', () => {
  it('is kept to be delivered with the end of the task, once, however often that is recorded', async () => {
    const { id, record } = await run(owner, done);
    await recordOutcome(store(), record);
    expect(await kept()).toEqual([['test', 'owner', id, { text: 'it is full', state: 'done' }]]);
  });

  it('is not kept where nobody asked for it, or a listener did', async () => {
    await run({}, done);
    await run({ replyTo: 'r1' }, done);
    await run({ replyTo: 'cli:7' }, done);
    expect(await kept()).toEqual([]);
  });

  it('is not kept where the end is not recorded, or is none', async () => {
    const { id } = await run(owner, requeued);
    const task = await claim();
    expect(await recordOutcome(store(), recordOf({ ...task, attempt: 9 }, done))).toBeUndefined();
    expect(await kept()).toEqual([]);
    await recordOutcome(store(), recordOf(task, done));
    expect(await kept()).toMatchObject([['test', 'owner', id, {}]]);
  });

  it('says why a task failed, and comes again where the owner has it tried again', async () => {
    const { id } = await run(owner, failed);
    await retryEndedTask(store(), id, new Date());
    await recordOutcome(store(), recordOf(await claim(), done));
    expect(await kept()).toEqual([
      ['test', 'owner', id, { text: `Task ${id} failed: it broke`, state: 'failed' }],
      ['test', 'owner', id, { text: 'it is full', state: 'done' }],
    ]);
  });

  it('says that a task was cancelled in the queue', async () => {
    const id = await queueTask(store(), owner);
    await cancelQueuedTask(store(), id, new Date());
    expect(await kept()).toEqual([
      ['test', 'owner', id, { text: `Task ${id} was cancelled.`, state: 'cancelled' }],
    ]);
  });

  it('goes where a stranger says nowhere, and leaves a line about it', async () => {
    const { id } = await run({ source: 'email', ...owner }, done);
    expect(await kept()).toEqual([]);
    const { rows } = await store().query({
      text: `SELECT task_id, summary FROM activity_log WHERE action = 'reply.unsent'`,
    });
    expect(rows).toEqual([
      {
        task_id: id,
        summary: `the reply to task ${id} was not sent: the source email may not have replies sent to "test:owner"`,
      },
    ]);
  });

  it('follows the trust of the task that queued it', async () => {
    const selfTask = async (trust: string) => {
      const id = await queueTask(store(), { source: 'self', ...owner });
      await store().query({
        text: `UPDATE events SET dedup_key = $1 WHERE id = (SELECT event_id FROM tasks WHERE id = $2)`,
        values: [`self:${trust}`, id],
      });
      await store().query({
        text: `INSERT INTO self_tasks (dedup_key, parent_task_id, depth, trust, created_at) VALUES ($1, 1, 1, $2, now())`,
        values: [`self:${trust}`, trust],
      });
      await recordOutcome(store(), recordOf(await claim(), done));
      return id;
    };
    const trusted = await selfTask('owner');
    await selfTask('untrusted');
    expect((await deliveries(store())).map(({ taskId }) => taskId)).toEqual([trusted]);
  });

  it('reaches each address once that a message of the conversation has named', async () => {
    const conversation = 'c1';
    const host = await queueTask(store(), { conversation, ...owner });
    const task = await claim();
    const same = await queueTask(store(), { conversation, ...owner });
    const elsewhere = await queueTask(store(), { conversation, replyTo: 'test:phone' });
    const unheard = await queueTask(store(), { conversation, replyTo: 'test:unheard' });
    await markSteered(store(), task, [same, elsewhere, unheard]);
    await recordOutcome(store(), recordOf(task, done, [same, elsewhere]));
    const body = { text: 'it is full', state: 'done' };
    expect(await kept()).toEqual([
      ['test', 'owner', host, body],
      ['test', 'phone', elsewhere, body],
    ]);
  });
});
