import { Command, Option } from 'commander';
import { type CostGrouping, type CostReport, costGroupings } from '../spend/rows/cost-report.ts';
import { connect } from './connect.ts';
import { daysOption } from './options.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { count, money } from './units.ts';

interface CostOptions {
  by: CostGrouping;
  days: number;
  json?: true;
}

const help = `
The costs are the agent's own estimates. Caps are settings: spend.dailyUsd and spend.monthlyUsd.

Examples:
  $ ninjad cost
  $ ninjad cost --by model --days 7
  $ ninjad cost --by category --json | jq '.rows[0]'
  $ ninjad config set spend.dailyUsd 2.50
`;

/** `ninjad cost`: what tasks cost. */
export function costCommand(): Command {
  return new Command('cost')
    .description('show what tasks cost, by day, category or model')
    .addOption(new Option('--by <what>', 'what to group by').choices(costGroupings).default('day'))
    .option('--days <number>', 'how many days back, today included', daysOption, 30)
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ json, by, days }: CostOptions) => {
      const report = await connect().ask('cost.get', { by, days });
      if (json === true) printJson(report);
      else printLines(costLines(report));
    });
}

function costLines({ todayUsd, tasksToday, monthUsd, by, rows }: CostReport): string[] {
  const head = `${money(todayUsd)} today in ${count(tasksToday)} tasks, ${money(monthUsd)} this month`;
  if (rows.length === 0) return [head];
  const right = 'right' as const;
  const columns = [
    { title: by },
    { title: 'cost', align: right },
    { title: 'tasks', align: right },
    { title: 'tokens in', align: right },
    { title: 'from cache', align: right },
    { title: 'to cache', align: right },
    { title: 'out', align: right },
  ];
  const cells = rows.map((row) => [
    oneLine(row.key),
    money(row.costUsd),
    count(row.tasks),
    count(row.inputTokens),
    count(row.cacheReadTokens),
    count(row.cacheWriteTokens),
    count(row.outputTokens),
  ]);
  return [head, '', ...tableLines(columns, cells)];
}
