import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttemptRecord, recordOutcome } from '../../../../src/lib/store/tasks/record-outcome.ts';
import { claimTask } from '../../../../src/lib/store/tasks/claim.ts';
import { queueTask } from '../../../actors/tasks/tasks-harness.ts';
import { type TempDatabase, tempDatabase } from '../../../helpers/temp-database.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());

const modelUsage = (model: string, inputTokens: number, costUSD: number) => ({
  [model]: { inputTokens, outputTokens: 1, cacheReadInputTokens: 7, cacheCreationInputTokens: 3, costUSD },
});

/** One attempt of the only queued task, recorded with these figures. */
async function attempt(changes: Partial<AttemptRecord>): Promise<number> {
  const { store } = database;
  const task = await claimTask(store, {
    worker: randomUUID(),
    now: new Date(),
    leaseMs: 1_000,
    humanOnly: false,
  });
  if (task === undefined) throw new Error('nothing was claimed');
  const recorded = await recordOutcome(store, {
    task,
    outcome: { kind: 'succeeded', reply: 'ok' },
    verdict: { state: 'done' },
    reply: 'ok',
    progress: '',
    agent: null,
    memories: [],
    sessionId: null,
    resumed: task.resume,
    keepSession: true,
    staleSession: false,
    sessionCostUsd: undefined,
    usage: null,
    note: undefined,
    now: new Date(),
    ...changes,
  });
  expect(recorded).toBe(true);
  return task.id;
}

const costsOf = async (taskId: number) =>
  (
    await database.store.query<{
      model: string;
      category: string;
      cost: number;
      input: number;
      read: number;
    }>({
      text: `SELECT model, category, cost_usd::float8 AS cost, input_tokens AS input, cache_read_tokens AS read
               FROM task_costs WHERE task_id = $1 ORDER BY id`,
      values: [taskId],
    })
  ).rows;

const rowOf = async (taskId: number) =>
  (
    await database.store.query({
      text: `SELECT cost_usd::float8 AS cost, usage FROM tasks WHERE id = $1`,
      values: [taskId],
    })
  ).rows[0];

describe('the cost of an attempt', () => {
  it('is booked by model, and summed up in the row of the task', async () => {
    await queueTask(database.store);
    const id = await attempt({
      sessionCostUsd: 0.5,
      usage: { ...modelUsage('claude-a', 100, 0.3), ...modelUsage('claude-b', 20, 0.1) },
    });
    expect(await costsOf(id)).toEqual([
      { model: 'claude-a', category: 'ask', cost: 0.3, input: 100, read: 7 },
      { model: 'claude-b', category: 'ask', cost: 0.1, input: 20, read: 7 },
      { model: 'unknown', category: 'ask', cost: 0.1, input: 0, read: 0 },
    ]);
    expect(await rowOf(id)).toMatchObject({
      cost: 0.5,
      usage: {
        'claude-a': {
          costUsd: 0.3,
          inputTokens: 100,
          outputTokens: 1,
          cacheReadTokens: 7,
          cacheWriteTokens: 3,
        },
        unknown: { costUsd: 0.1 },
      },
    });
  });

  it('is the difference over a resumed session, in dollars and in tokens', async () => {
    const sessionId = randomUUID();
    const ids: number[] = [];
    for (const [cost, tokens] of [
      [0.4, 100],
      [1, 250],
      [1.5, 260],
    ] as const) {
      await queueTask(database.store, { conversation: 'garden' });
      ids.push(
        await attempt({ sessionId, sessionCostUsd: cost, usage: modelUsage('claude-a', tokens, cost) }),
      );
    }
    const booked = await Promise.all(ids.map(costsOf));
    expect(booked.flat().map(({ cost, input }) => [Math.round(cost * 100), input])).toEqual([
      [40, 100],
      [60, 150],
      [50, 10],
    ]);
  });

  it('of a failed run in a resumed session is booked once, though the next run’s figures include it', async () => {
    const sessionId = randomUUID();
    const session = { sessionId, keepSession: true };
    await queueTask(database.store, { conversation: 'shed' });
    await attempt({ ...session, sessionCostUsd: 0.2, usage: modelUsage('claude-a', 10, 0.2) });
    await queueTask(database.store, { conversation: 'shed' });
    const failed = {
      outcome: { kind: 'crashed', reason: 'it fell' } as const,
      verdict: { state: 'queued', delayMs: 0, spendsAttempt: true } as const,
      keepSession: false,
    };
    const id = await attempt({
      ...failed,
      sessionId,
      sessionCostUsd: 0.5,
      usage: modelUsage('claude-a', 30, 0.5),
    });
    expect(await rowOf(id)).toMatchObject({ cost: 0.3, usage: { 'claude-a': { inputTokens: 20 } } });
    // Killed before its result: nothing is known of it, and nothing of what is known is lost.
    await attempt({ ...failed, sessionId: null });
    expect(await attempt({ ...session, sessionCostUsd: 0.9, usage: modelUsage('claude-a', 35, 0.9) })).toBe(
      id,
    );
    expect((await costsOf(id)).map(({ cost }) => Math.round(cost * 100))).toEqual([30, 40]);
    expect(await rowOf(id)).toMatchObject({ cost: 0.7, usage: { 'claude-a': { inputTokens: 25 } } });
  });

  it('is the whole figure where the session’s count began anew', async () => {
    const sessionId = randomUUID();
    await queueTask(database.store, { conversation: 'roof' });
    await attempt({ sessionId, sessionCostUsd: 1 });
    await queueTask(database.store, { conversation: 'roof' });
    expect(await rowOf(await attempt({ sessionId, sessionCostUsd: 0.25 }))).toMatchObject({ cost: 0.25 });
    await queueTask(database.store, { conversation: 'roof' });
    expect(await rowOf(await attempt({ sessionId, sessionCostUsd: 0.75 }))).toMatchObject({ cost: 0.5 });
  });

  it('leaves no row where nothing was spent', async () => {
    await queueTask(database.store);
    const id = await attempt({ sessionCostUsd: 0, usage: {} });
    expect(await costsOf(id)).toEqual([]);
    expect(await rowOf(id)).toEqual({ cost: 0, usage: null });
  });
});
