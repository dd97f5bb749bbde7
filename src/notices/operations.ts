import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { flag, id, page } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { listNotices, type Notice, seeNotices } from './rows.ts';

/** Services that the operations of notices use. */
export interface NoticeNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
}

const noticesInput = z.strictObject({ unseen: flag.default(false), ...page });
/** Some notices, or all up to one, so that one which comes meanwhile stays unseen. */
const seenInput = z.union([
  z.strictObject({ ids: z.array(id).min(1).max(200) }),
  z.strictObject({ until: id }),
]);

/** Operations of notices. */
export const noticeOperations = {
  'notices.list': operation(
    'GET /notices',
    noticesInput,
    async ({ store }: NoticeNeeds, { limit, ...query }): Promise<Page<Notice>> =>
      pageOf(await listNotices(store, { ...query, limit: limit + 1 }), limit),
  ),
  'notices.see': operation(
    'POST /notices/seen',
    seenInput,
    async ({ store, bus, now }: NoticeNeeds, which) => {
      const unseen = await seeNotices(store, { ...which, now: now() });
      bus.emit('list.changed', { list: 'notices.list' });
      return { unseen };
    },
    { unrecorded: 'having read something is no act' },
  ),
};
