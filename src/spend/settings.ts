import { dollars, orNull, setting } from '../lib/config/setting.ts';

/** Settings of spending: the caps on what tasks may cost. */
export const spendSettings = {
  'spend.dailyUsd': setting(orNull(dollars), null, {
    description: 'Most that tasks may cost in a day; past it only HUMAN tasks run. Null sets no cap.',
    hot: true,
  }),
  'spend.monthlyUsd': setting(orNull(dollars), null, {
    description: 'Most that tasks may cost in a month; past it only HUMAN tasks run. Null sets no cap.',
    hot: true,
  }),
};
