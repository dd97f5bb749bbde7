import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { flag, id, page } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { UsageError } from '../lib/errors.ts';
import { DAY } from '../lib/time.ts';
import { listNotices, type Notice, putOffNotices, seeNotices } from './rows.ts';

/** Services that the operations of notices use. */
export interface NoticeNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
}

const mostIds = 200;
const noticesInput = z.strictObject({ unseen: flag.default(false), ...page });
/** Some notices, or all up to one, so that one which comes meanwhile stays unseen. */
const seenInput = z.union([
  z.strictObject({ ids: z.array(id).min(1).max(mostIds) }),
  z.strictObject({ until: id }),
]);
/** Null takes it back: they wait again at once. */
const laterInput = z.strictObject({
  ids: z.array(id).min(1).max(mostIds),
  until: z.iso.datetime().nullable(),
});
const longestMs = 366 * DAY;

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
      const { unseen, ids } = await seeNotices(store, { ...which, now: now() });
      bus.emit('list.changed', { list: 'notices.list' });
      return { unseen, ids: ids.slice(0, mostIds) };
    },
    { unrecorded: 'having read something is no act' },
  ),
  'notices.later': operation(
    'POST /notices/later',
    laterInput,
    async ({ store, bus, now }: NoticeNeeds, { ids, until }) => {
      const at = now();
      const unseen = await putOffNotices(store, {
        ids,
        until: until === null ? null : inTime(until, at),
        now: at,
      });
      bus.emit('list.changed', { list: 'notices.list' });
      return { unseen };
    },
    { unrecorded: 'to read something later is no act' },
  ),
};

function inTime(until: string, now: Date): Date {
  const end = new Date(until);
  const away = end.getTime() - now.getTime();
  if (away > 0 && away <= longestMs) return end;
  throw new UsageError(`expected a time within the next year to be told again, got ${until}`);
}
