import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import { NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { byId, page, search, text, word } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { PRIORITIES } from '../lib/wire/priority.ts';
import { type EventDetail, eventDetail, type EventSummary, eventSummary } from './event-view.ts';
import type { EventWriter } from './event-writer.ts';
import { explainLine } from './explain.ts';
import { replayEvent } from './replay.ts';
import type { RuleBook } from './router/route.ts';
import { type EventRow, eventStatuses, findEvent, searchEvents } from './rows/search-events.ts';

/** Services that the operations of events use. */
export interface EventNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  writer: EventWriter;
  rules: () => RuleBook;
  /** Queues an ended task again; resolves to a sentence about it. */
  retryTask: (taskId: number, caller: Parameters<typeof replayEvent>[1]) => Promise<{ message: string }>;
  now: () => Date;
}

const eventsInput = z.strictObject({
  status: z.enum(eventStatuses).optional(),
  priority: z.enum(PRIORITIES).optional(),
  source: word.optional(),
  category: word.optional(),
  text: search.optional(),
  ...page,
});
const explainInput = z.strictObject({ line: text });

/** Operations of events: the flow, the dry run of the rules, and dead letters. */
export const eventOperations = {
  'events.list': operation(
    'GET /events',
    eventsInput,
    async ({ store }: EventNeeds, { priority, limit, ...query }): Promise<Page<EventSummary>> => {
      const number = priority === undefined ? undefined : PRIORITIES.indexOf(priority);
      const rows = await searchEvents(store, { ...query, priority: number, limit: limit + 1 });
      return pageOf(rows.map(eventSummary), limit);
    },
  ),
  'event.get': operation(
    'GET /events/:id',
    byId,
    async ({ store }: EventNeeds, { id }): Promise<EventDetail> => eventDetail(await existing(store, id)),
  ),
  'events.explain': operation(
    'POST /events/explain',
    explainInput,
    ({ rules }: EventNeeds, { line }) => explainLine(line, rules()),
    { unrecorded: 'a dry run changes nothing' },
  ),
  'event.replay': operation('POST /events/:id/replay', byId, async (needs: EventNeeds, { id }, caller) => {
    const event = await existing(needs.store, id);
    const message =
      event.taskId === null
        ? await replayEvent(needs, caller, event)
        : (await needs.retryTask(event.taskId, caller)).message;
    needs.bus.emit('list.changed', { list: 'events.list' });
    return { eventId: id, message };
  }),
};

async function existing(store: Store, id: number): Promise<EventRow> {
  const event = await findEvent(store, id);
  if (event === undefined) throw new NotFoundError(`there is no event ${id}`);
  return event;
}
