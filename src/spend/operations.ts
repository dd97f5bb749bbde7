import { z } from 'zod';
import { operation } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import { costGroupings, costReport } from './rows/cost-report.ts';

/** Services that the operations of spending use. */
export interface SpendNeeds {
  store: Store;
  now: () => Date;
}

const costInput = z.strictObject({
  by: z.enum(costGroupings).default('day'),
  days: z.coerce.number().int().min(1).max(366).default(30),
});

/** Operations of spending. */
export const spendOperations = {
  'cost.get': operation('GET /cost', costInput, ({ store, now }: SpendNeeds, query) =>
    costReport(store, { ...query, now: now() }),
  ),
};
