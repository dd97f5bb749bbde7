import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { nothing } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import { believeNow } from './may-prune.ts';

/** Services that the operations of retention use. */
export interface RetentionNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
}

/** Operations of retention. */
export const retentionOperations = {
  'clock.believe': operation(
    'POST /clock/believe',
    nothing,
    async ({ store, bus, now }: RetentionNeeds, _, caller): Promise<{ believedAt: Date }> => {
      const at = now();
      await believeNow({ store, bus }, at, (tx) =>
        recordAct(tx, caller, { at, action: 'clock.believed', summary: 'the clock was said to be right' }),
      );
      return { believedAt: at };
    },
  ),
};
