import type { CostReport } from './rows/cost-report.ts';
import type { SpendState } from './ledger.ts';

/** US dollars for a sentence: two decimals, four for small amounts. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && amount < 0.1 ? 4 : 2)}`;
}

/** What the owner is told when a cap is reached, or when tasks run again. */
export function capText(state: SpendState): string {
  const { reached, todayUsd, capUsd, monthUsd, monthlyCapUsd } = state;
  if (reached === null) return 'There is money again: tasks that waited for it go on.';
  const [spent, cap, when, setting] =
    reached === 'day'
      ? [todayUsd, capUsd, 'today', 'spend.dailyUsd']
      : [monthUsd, monthlyCapUsd, 'this month', 'spend.monthlyUsd'];
  return (
    `Tasks cost ${dollars(spent)} ${when}, and the cap is ${dollars(cap ?? 0)}: only your own messages start tasks ` +
    `${reached === 'day' ? 'until midnight' : 'until the month ends'}, the others wait. ` +
    `To let them run, raise it: ninjad config set ${setting} AMOUNT`
  );
}

/** The answer to `/cost`. */
export function costText(report: CostReport, state: SpendState): string {
  const { todayUsd, tasksToday, monthUsd, by, days, rows } = report;
  const head =
    `Today ${dollars(todayUsd)} in ${tasksToday} tasks (${capOf(state.capUsd, 'a day')}), ` +
    `this month ${dollars(monthUsd)} (${capOf(state.monthlyCapUsd, 'a month')}).`;
  const warning = state.reached === null ? [] : ['A cap is reached: only your own messages start tasks.'];
  if (rows.length === 0) return [head, ...warning].join('\n');
  const lines = rows.map(
    ({ key, costUsd, tasks, inputTokens, outputTokens, cacheReadTokens }) =>
      `${key}: ${dollars(costUsd)} in ${tasks} ${tasks === 1 ? 'task' : 'tasks'}` +
      (inputTokens + outputTokens + cacheReadTokens === 0
        ? ''
        : ` (${inputTokens} tokens in, ${outputTokens} out, ${cacheReadTokens} from the cache)`),
  );
  return [head, ...warning, '', `By ${by}, the last ${days} days:`, ...lines].join('\n');
}

function capOf(capUsd: number | null, period: string): string {
  return capUsd === null ? 'no cap is set' : `the cap is ${dollars(capUsd)} ${period}`;
}
