import { beforeAll, describe, expect, it } from 'vitest';
import { costReport } from '../../../src/spend/rows/cost-report.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase();
const now = new Date(2026, 2, 30, 12);

beforeAll(async () => {
  const rows: [Date, number, string, string, number][] = [
    [new Date(2026, 2, 30, 0, 0, 0), 1, 'chat', 'claude-a', 0.5],
    [new Date(2026, 2, 30, 11), 1, 'chat', 'claude-b', 0.25],
    [new Date(2026, 2, 30, 11), 2, 'mail', 'claude-b', 0.5],
    [new Date(2026, 2, 29, 23, 59, 59), 3, 'chat', 'claude-a', 2],
    [new Date(2026, 2, 1), 4, 'goal', 'claude-a', 4],
    [new Date(2026, 1, 28, 23), 5, 'goal', 'claude-a', 8],
  ];
  for (const values of rows) {
    await store.query({
      text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, cache_write_tokens)
             VALUES ($1, $2, $3, $4, $5, 10, 1)`,
      values,
    });
  }
});

const report = async (by: 'day' | 'category' | 'model', days: number) => costReport(store, { by, days, now });
const brief = async (by: 'day' | 'category' | 'model', days: number) =>
  (await report(by, days)).rows.map(({ key, costUsd, tasks }) => [key, costUsd, tasks]);

describe('cost report', () => {
  it('sums today and this month by the days of this time zone', async () => {
    expect(await report('day', 1)).toEqual({
      todayUsd: 1.25,
      tasksToday: 2,
      monthUsd: 7.25,
      by: 'day',
      days: 1,
      rows: [
        {
          key: '2026-03-30',
          costUsd: 1.25,
          tasks: 2,
          inputTokens: 30,
          outputTokens: 0,
          cacheReadTokens: 0,
          cacheWriteTokens: 3,
        },
      ],
    });
  });

  it('groups by day, newest first, also over the day on which the clocks change', async () => {
    expect(await brief('day', 31)).toEqual([
      ['2026-03-30', 1.25, 2],
      ['2026-03-29', 2, 1],
      ['2026-03-01', 4, 1],
      ['2026-02-28', 8, 1],
    ]);
  });

  it('groups by category and by model, the dearest first', async () => {
    expect(await brief('category', 2)).toEqual([
      ['chat', 2.75, 2],
      ['mail', 0.5, 1],
    ]);
    expect(await brief('model', 2)).toEqual([
      ['claude-a', 2.5, 2],
      ['claude-b', 0.75, 2],
    ]);
  });
});
