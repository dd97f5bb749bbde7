import { z } from 'zod';
import { setting, wholeNumber } from '../lib/config/setting.ts';
import { ruleSchema } from './router/rule.ts';

const rules = { schema: z.array(ruleSchema).max(1000).readonly(), expects: 'a list of rules' };

/** Settings of events: where they go, and how they are recorded. */
export const eventSettings = {
  'store.batchSize': setting(wholeNumber(1, 10_000), 1000, {
    description: 'Most events that one statement records.',
    hot: false,
  }),
  'router.rules': setting(rules, [], {
    description: 'Rules that are tried, in order, before the built-in ones.',
    hot: true,
  }),
};
