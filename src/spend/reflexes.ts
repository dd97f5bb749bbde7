import { argumentOf } from '../lib/reflexes/command.ts';
import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';
import type { Store } from '../lib/store/store.ts';
import type { SpendState } from './ledger.ts';
import { type CostGrouping, costGroupings, costReport } from './rows/cost-report.ts';
import { costText } from './words.ts';

/** Needs of the reflexes of spending; `now` is `Date.now` by default. */
export interface SpendReflexDeps {
  store: Store;
  spend: () => SpendState;
  now?: () => number;
}

const costDays = 7;

/** Reflexes of spending. */
export const spendReflexes: readonly ReflexDeclaration<SpendReflexDeps>[] = [
  {
    name: 'cost',
    command: {
      usage: '/cost',
      does: 'what the tasks cost, by day; /cost category and /cost model group them otherwise',
    },
    create: createCostReflex,
  },
];

function createCostReflex({ store, spend, now = Date.now }: SpendReflexDeps): Reflex {
  return async ({ event }) => {
    const by = groupingOf(argumentOf(event.text));
    if (by === undefined) return { reply: `By what? Write /cost ${costGroupings.join(', /cost ')}.` };
    const report = await costReport(store, { by, days: costDays, now: new Date(now()) });
    return { reply: costText(report, spend()) };
  };
}

function groupingOf(word: string): CostGrouping | undefined {
  return word === '' ? 'day' : costGroupings.find((grouping) => grouping === word.toLowerCase());
}
