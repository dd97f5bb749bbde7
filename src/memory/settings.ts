import { milliseconds, orNull, setting, wholeNumber } from '../lib/config/setting.ts';

const SECOND = 1000;

/** Settings of memories and of recall. */
export const memorySettings = {
  'memory.compactAfterDays': setting(orNull(wholeNumber(7, 36_500, 'days')), null, {
    description:
      'Age from which the results of tasks are gathered into one summary for each month and conversation or source. Null leaves them as they are.',
    hot: true,
  }),
  'recall.rerankDeadlineMs': setting(milliseconds(0, 4 * SECOND), 2 * SECOND, {
    description:
      'How long the reranker may take over the best ten memories; past it they stay in the order they were found in.',
    hot: true,
  }),
};
