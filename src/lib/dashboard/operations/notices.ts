import { noticeView } from '../../control/notice.ts';
import { listNotices, seeNotices } from '../../store/notices/notices.ts';
import type { Store } from '../../store/store.ts';
import type { Handlers } from '../dispatch.ts';
import { pageOf } from '../views/summaries.ts';

export interface NoticeOperationDeps {
  store: Pick<Store, 'query'>;
  now: () => Date;
  /** What waits for the owner is another now. */
  changed: () => void;
}

/** What the owner was told, and what of it they have seen. */
export function noticeOperations({ store, now, changed }: NoticeOperationDeps) {
  return {
    'notices.list': async ({ limit, ...query }) =>
      pageOf(await listNotices(store, { ...query, limit: limit + 1 }), limit, noticeView),
    'notices.see': async (which) => {
      const unseen = await seeNotices(store, { ...which, now: now() });
      changed();
      return { unseen };
    },
  } satisfies Partial<Handlers>;
}
