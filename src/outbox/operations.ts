import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { ConflictError, NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { byId, page, word } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import type { OutboxFacts } from './facts.ts';
import {
  type Delivery,
  deliveryStates,
  findDelivery,
  listDeliveries,
  retryDelivery,
} from './rows/list-deliveries.ts';

/** Services that the operations of deliveries use. */
export interface DeliveryNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts & OutboxFacts>, 'emit'>;
  now: () => Date;
}

const deliveriesInput = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  channel: word.optional(),
  ...page,
});

/** Operations of deliveries: what must reach somebody, how far it came, and another try. */
export const deliveryOperations = {
  'deliveries.list': operation(
    'GET /deliveries',
    deliveriesInput,
    async ({ store }: DeliveryNeeds, { limit, ...query }): Promise<Page<Delivery>> =>
      pageOf(await listDeliveries(store, { ...query, limit: limit + 1 }), limit),
  ),
  'delivery.retry': operation(
    'POST /deliveries/:id/retry',
    byId,
    async (needs: DeliveryNeeds, { id }, caller) => {
      const { channel } = await retry(needs, caller, id);
      needs.bus.emit('delivery.waiting', {});
      needs.bus.emit('list.changed', { list: 'deliveries.list' });
      return { deliveryId: id, message: `delivery ${id} goes to ${channel} again` };
    },
  ),
};

function retry({ store, now }: DeliveryNeeds, caller: Caller, id: number): Promise<Delivery> {
  return store.transaction(async (tx) => {
    const delivery = await findDelivery(tx, id);
    if (delivery === undefined) throw new NotFoundError(`there is no delivery ${id}`);
    if (!(await retryDelivery(tx, id, now())))
      throw new ConflictError(`delivery ${id} is ${delivery.state}; only a failed one can be tried again`);
    await recordAct(tx, caller, {
      at: now(),
      action: 'delivery.retried',
      summary: `delivery ${id} to ${delivery.channel} was asked for once more`,
      ...(delivery.taskId !== null && { taskId: delivery.taskId }),
      detail: { delivery: id },
    });
    return delivery;
  });
}
