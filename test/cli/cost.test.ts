import { describe, expect, it } from 'vitest';
import { someCost, someStatus } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();

describe('ninjad cost', () => {
  it('shows the sums and a table with tokens and cache hits', async () => {
    const daemon = await cli.daemon();
    const { code, stdout } = await cli.run(['cost', '--by', 'model', '--days', '7']);
    expect(code).toBe(0);
    const [head, , titles, row] = stdout.split('\n');
    expect(head).toBe('$0.042 today in 1 tasks, $1.50 this month');
    expect(titles).toMatch(/^model +cost +tasks +tokens in +from cache +to cache +out$/);
    expect(row).toMatch(/^claude-x\uFFFD\[31m +\$1\.50 +12 +1 200 +5 600 000 +78 000 +34 000$/);
    expect(daemon.calls).toEqual([['cost.get', { by: 'model', days: 7 }]]);
  });

  it('says no more than the sums where nothing was spent, and prints everything with --json', async () => {
    const nothing = { ...someCost, todayUsd: 0, tasksToday: 0, monthUsd: 0, rows: [] };
    const daemon = await cli.daemon({ 'cost.get': () => Promise.resolve(nothing) });
    expect((await cli.run(['cost'])).stdout).toBe('$0 today in 0 tasks, $0 this month\n');
    expect(jsonOf(await cli.run(['cost', '--json']))).toEqual(nothing);
    daemon.stop();
  });
});

describe('ninjad status', () => {
  it('says that a cap is reached, and which there are', async () => {
    const spend = { todayUsd: 1.25, capUsd: 1, monthUsd: 7, monthlyCapUsd: 20, reached: 'day' as const };
    await cli.daemon({ 'status.get': () => Promise.resolve({ ...someStatus, spend }) });
    expect((await cli.run(['status'])).stdout).toMatch(
      /^spent +\$1\.25 today, cap \$1\.00; \$7\.00 this month, cap \$20\.00; cap reached: only HUMAN tasks run$/m,
    );
  });
});
