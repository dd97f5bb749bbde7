import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/tasks/rows/attempt-record.ts';
import { recordOutcome } from '../../../src/tasks/rows/record-outcome.ts';
import { claimNext, queueTask } from '../../actors/tasks/tasks-harness.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase();

const modelUsage = (model: string, inputTokens: number, costUSD: number) => ({
  [model]: { inputTokens, outputTokens: 1, cacheReadInputTokens: 7, cacheCreationInputTokens: 3, costUSD },
});

/** One attempt of the only queued task, recorded with these figures. */
async function attempt(changes: Partial<AttemptRecord>): Promise<number> {
  const task = await claimNext(store);
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
    unbilled: {},
    endedItself: true,
    heard: [],
    note: undefined,
    now: new Date(),
    ...changes,
  });
  expect(recorded).toEqual([]);
  return task.id;
}

const costsOf = async (taskId: number) =>
  (
    await store.query<{
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
    await store.query({
      text: `SELECT cost_usd::float8 AS cost, usage FROM tasks WHERE id = $1`,
      values: [taskId],
    })
  ).rows[0];

describe('the cost of an attempt', () => {
  it('is booked by model, and summed up in the row of the task', async () => {
    await queueTask(store);
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
      await queueTask(store, { conversation: 'garden' });
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
    await queueTask(store, { conversation: 'shed' });
    await attempt({ ...session, sessionCostUsd: 0.2, usage: modelUsage('claude-a', 10, 0.2) });
    await queueTask(store, { conversation: 'shed' });
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
    await queueTask(store, { conversation: 'roof' });
    await attempt({ sessionId, sessionCostUsd: 1 });
    await queueTask(store, { conversation: 'roof' });
    expect(await rowOf(await attempt({ sessionId, sessionCostUsd: 0.25 }))).toMatchObject({ cost: 0.25 });
    await queueTask(store, { conversation: 'roof' });
    expect(await rowOf(await attempt({ sessionId, sessionCostUsd: 0.75 }))).toMatchObject({ cost: 0.5 });
  });

  it('of a killed run is an estimate by what the model cost before, which the session’s next result corrects', async () => {
    const sessionId = randomUUID();
    const killed = {
      outcome: { kind: 'timed-out', reason: 'too long' } as const,
      verdict: { state: 'failed' } as const,
      keepSession: false,
    };
    const tokens = { outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 };
    const told = (inputTokens: number, costUsd: number) => ({
      sessionCostUsd: costUsd,
      usage: { 'claude-k': { inputTokens, outputTokens: 0, costUSD: costUsd } },
    });
    await queueTask(store, { conversation: 'attic' });
    await attempt({ sessionId, ...told(100, 1) });
    await queueTask(store, { conversation: 'attic' });
    const id = await attempt({ ...killed, unbilled: { 'claude-k': { ...tokens, inputTokens: 50 } } });
    expect(await rowOf(id)).toMatchObject({
      cost: 0.5,
      usage: { 'claude-k': { inputTokens: 50, costUsd: 0.5 } },
    });
    const { rows } = await store.query({
      text: `SELECT estimated, cost_usd::float8 AS cost FROM task_costs WHERE task_id = ${id}`,
    });
    expect(rows).toEqual([{ estimated: true, cost: 0.5 }]);
    // It really cost 0.45: the run after it is booked with what is left of the whole.
    await queueTask(store, { conversation: 'attic' });
    expect(await rowOf(await attempt({ sessionId, ...told(160, 1.55) }))).toMatchObject({
      cost: 0.05,
      usage: { 'claude-k': { inputTokens: 10 } },
    });
  });

  it('of a run that got SIGKILL stays an estimate: its session knows nothing of it', async () => {
    const sessionId = randomUUID();
    const usage = (inputTokens: number) => ({
      'claude-s': { inputTokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 },
    });
    const told = (inputTokens: number, costUsd: number) => ({
      sessionCostUsd: costUsd,
      usage: { 'claude-s': { inputTokens, outputTokens: 0, costUSD: costUsd } },
    });
    await queueTask(store, { conversation: 'cellar' });
    await attempt({ sessionId, ...told(100, 1) });
    await queueTask(store, { conversation: 'cellar' });
    const outcome = { kind: 'timed-out', reason: 'too long' } as const;
    const failed = { outcome, verdict: { state: 'failed' } as const, keepSession: false };
    expect(await rowOf(await attempt({ ...failed, unbilled: usage(50), endedItself: false }))).toMatchObject({
      cost: 0.5,
    });
    await queueTask(store, { conversation: 'cellar' });
    expect(await rowOf(await attempt({ sessionId, ...told(110, 1.1) }))).toMatchObject({ cost: 0.1 });
  });

  it('of a run that was killed before its tokens were told is a guess, which its session’s sums are charged less by', async () => {
    const sessionId = randomUUID();
    const codex = { isCostTold: false, prices: { codex: { input: 1_000, output: 1_000 } } };
    const told = (inputTokens: number) => ({ ...codex, usage: { codex: { inputTokens, outputTokens: 0 } } });
    const guess = (inputTokens: number) => ({
      codex: { inputTokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 },
    });
    const outcome = { kind: 'over-budget', reason: 'too dear' } as const;
    const killed = {
      ...codex,
      outcome,
      verdict: { state: 'failed' } as const,
      keepSession: false,
      endedItself: false,
    };
    await queueTask(store, { conversation: 'shed' });
    expect(await rowOf(await attempt({ sessionId, ...told(100) }))).toMatchObject({ cost: 0.1 });
    for (const inputTokens of [50, 10]) {
      await queueTask(store, { conversation: 'shed' });
      expect(await rowOf(await attempt({ ...killed, unbilled: guess(inputTokens) }))).toMatchObject({
        cost: inputTokens / 1_000,
      });
    }
    // Of the 90 tokens since the last sum 60 are booked, and what was guessed is settled by that.
    await queueTask(store, { conversation: 'shed' });
    expect(await rowOf(await attempt({ sessionId, ...told(190) }))).toMatchObject({ cost: 0.03 });
    await queueTask(store, { conversation: 'shed' });
    expect(await rowOf(await attempt({ sessionId, ...told(200) }))).toMatchObject({ cost: 0.01 });
  });

  it('of a model that never had a price is not nothing', async () => {
    await queueTask(store);
    const usage = {
      inputTokens: 1_000_000,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costUsd: 0,
    };
    expect(await rowOf(await attempt({ unbilled: { 'claude-new': usage } }))).toMatchObject({ cost: 5 });
  });

  it('of a fork begins at the mark of its parent, whose own goes on from there too', async () => {
    const [parent, fork] = [randomUUID(), randomUUID()];
    await queueTask(store, { conversation: 'tree' });
    await attempt({ sessionId: parent, sessionCostUsd: 1, usage: modelUsage('claude-a', 100, 1) });
    await queueTask(store, { conversation: 'branch', forkOf: 'tree' });
    const first = await attempt({
      sessionId: fork,
      sessionCostUsd: 1.25,
      usage: modelUsage('claude-a', 120, 1.25),
    });
    expect(await rowOf(first)).toMatchObject({ cost: 0.25, usage: { 'claude-a': { inputTokens: 20 } } });
    await queueTask(store, { conversation: 'branch', forkOf: 'tree' });
    const second = await attempt({
      sessionId: fork,
      sessionCostUsd: 1.5,
      usage: modelUsage('claude-a', 130, 1.5),
    });
    expect(await rowOf(second)).toMatchObject({ cost: 0.25, usage: { 'claude-a': { inputTokens: 10 } } });
    await queueTask(store, { conversation: 'tree' });
    const last = await attempt({
      sessionId: parent,
      sessionCostUsd: 1.75,
      usage: modelUsage('claude-a', 101, 1.75),
    });
    expect(await rowOf(last)).toMatchObject({ cost: 0.75 });
  });

  it('of a fork that failed does not touch its parent, and the next attempt forks again', async () => {
    const parent = randomUUID();
    await queueTask(store, { conversation: 'oak' });
    await attempt({ sessionId: parent, sessionCostUsd: 1 });
    await queueTask(store, { conversation: 'twig', forkOf: 'oak' });
    await attempt({
      outcome: { kind: 'crashed', reason: 'it fell' },
      verdict: { state: 'queued', delayMs: 0, spendsAttempt: true },
      keepSession: false,
      sessionId: randomUUID(),
      sessionCostUsd: 1.5,
    });
    const again = await claimNext(store);
    expect(again).toMatchObject({ resume: parent, forkOf: 'oak', worksIn: 'oak' });
    const { rows } = await store.query({
      text: `SELECT cost_high_water_usd::float8 AS mark FROM conversations WHERE id = 'oak'`,
    });
    expect(rows).toEqual([{ mark: 1 }]);
    await store.query({ text: `DELETE FROM tasks WHERE state = 'running'` });
  });

  it('leaves no row where nothing was spent', async () => {
    await queueTask(store);
    const id = await attempt({ sessionCostUsd: 0, usage: {} });
    expect(await costsOf(id)).toEqual([]);
    expect(await rowOf(id)).toEqual({ cost: 0, usage: null });
  });
});
