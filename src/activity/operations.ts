import { z } from 'zod';
import { id, page, search, word } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { type Activity, listActivity } from './rows.ts';

const activityInput = z.strictObject({
  actor: word.optional(),
  action: word.optional(),
  taskId: id.optional(),
  text: search.optional(),
  ...page,
});

/** Operations of the activity log. */
export const activityOperations = {
  'activity.list': operation(
    'GET /activity',
    activityInput,
    async ({ store }: { store: Store }, { limit, ...query }): Promise<Page<Activity>> =>
      pageOf(await listActivity(store, { ...query, limit: limit + 1 }), limit),
  ),
};
