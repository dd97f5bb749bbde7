import { describe, expect, it } from 'vitest';
import { nowSeries } from '../../../src/faces/dashboard/series.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('events', 'tasks', 'task_costs', 'self_samples');
const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const now = new Date('2026-11-29T12:00:10Z');

async function ended(id: number, state: string, at: string, costUsd: number): Promise<void> {
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           VALUES (${id}, 3, 'cli', 'task', 'x', '${at}', '${at}', 'task', 'r', 'done')`,
  });
  await store.query({
    text: `INSERT INTO tasks (event_id, state, outcome, priority, source, category, prompt, queued_at, run_after, finished_at)
           VALUES (${id}, '${state}', '${state === 'done' ? 'succeeded' : 'failed'}', 3, 'cli', 'task', 'x', '${at}', '${at}', '${at}')`,
  });
  await store.query({
    text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd) VALUES ('${at}', ${id}, 'task', 'm', ${costUsd})`,
  });
}

const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

describe('the series of Now', () => {
  it('count what ended and was spent, step by step, from the store alone', async () => {
    await ended(1, 'done', '2026-11-29T11:59:50Z', 0.5);
    await ended(2, 'failed', '2026-11-29T11:50:00Z', 0.25);
    await ended(3, 'done', '2026-11-25T12:00:00Z', 2);
    await store.query({
      text: `INSERT INTO self_samples (worker, step_s, at, figures)
             VALUES ('${worker}', 10, '2026-11-29T11:59:40Z', '{"mailboxDepth": 7}'), ('${worker}', 10, '2026-11-29T11:59:50Z', '{"mailboxDepth": 3}')`,
    });
    const quarter = await nowSeries(store, { range: 'quarter', worker, now });
    expect(quarter.at).toHaveLength(31);
    expect([sum(quarter.done), sum(quarter.failed), sum(quarter.costUsd)]).toEqual([1, 1, 0.75]);
    expect(quarter.done.at(-2)).toBe(1);
    expect(quarter.waiting.at(-2)).toBe(7);
    expect(quarter.waiting[0]).toBeNull();
    const week = await nowSeries(store, { range: 'week', worker, now });
    expect([sum(week.done), sum(week.failed), sum(week.costUsd)]).toEqual([2, 1, 2.75]);
  });

  it.each(['quarter', 'day', 'week', 'month'] as const)(
    'have steps of one length up to now: %s',
    async (range) => {
      const { at, stepS } = await nowSeries(store, { range, worker, now });
      expect(at.length).toBeGreaterThan(29);
      for (let index = 1; index < at.length; index += 1)
        expect((at[index] ?? 0) - (at[index - 1] ?? 0)).toBe(stepS * 1000);
      expect(now.getTime() - (at.at(-1) ?? 0)).toBeLessThan(stepS * 1000);
    },
  );
});
