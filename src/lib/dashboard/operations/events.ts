import type { ControlApi } from '../../control/api.ts';
import { ConflictError, NotFoundError } from '../../control/errors.ts';
import { recordActivity } from '../../store/activity/activity.ts';
import { type EventRow, findEvent, markReplayed, searchEvents } from '../../store/events/search-events.ts';
import type { Store } from '../../store/store.ts';
import { readPayload } from '../../wire/parse-line.ts';
import { PRIORITIES, type Priority, priorityName } from '../../wire/priority.ts';
import { putAccepted, type PutAcceptedDeps } from '../../wire/put-accepted.ts';
import type { Handlers } from '../dispatch.ts';
import { eventSummary, pageOf } from '../views/summaries.ts';

export interface EventOperationDeps extends PutAcceptedDeps {
  store: Store;
  control: Pick<ControlApi, 'explain' | 'retryTask'>;
  now: () => Date;
}

/** The event flow, the dry run of the rules, and dead letters. */
export function eventOperations(deps: EventOperationDeps) {
  const { store, control } = deps;
  return {
    'events.list': async ({ priority, limit, ...search }) =>
      pageOf(
        await searchEvents(store, { ...search, priority: priorityOf(priority), limit: limit + 1 }),
        limit,
        eventSummary,
      ),
    'event.get': async ({ id }) => {
      const row = await existing(store, id);
      return { ...eventSummary(row), payload: row.payload, reply: row.reply, taskId: row.task_id };
    },
    'events.explain': ({ line }) => control.explain(line),
    'event.replay': async ({ id }) => {
      const row = await existing(store, id);
      if (row.task_id !== null) {
        const { message } = await control.retryTask(row.task_id);
        return { eventId: id, message };
      }
      if (row.status !== 'dead')
        throw new ConflictError(`event ${id} is no dead letter: it is ${row.status}`);
      await replay(deps, row);
      return { eventId: id, message: `event ${id} goes through the pipe again` };
    },
  } satisfies Partial<Handlers>;
}

/** The number of a priority by its name. */
export function priorityOf(name: (typeof PRIORITIES)[number] | undefined): number | undefined {
  return name === undefined ? undefined : PRIORITIES.indexOf(name);
}

async function existing(store: Store, id: number): Promise<EventRow> {
  const row = await findEvent(store, id);
  if (row === undefined) throw new NotFoundError(`there is no event ${id}`);
  return row;
}

/** The key is made of the id: however often it is asked for, it is replayed once. */
async function replay(deps: EventOperationDeps, row: EventRow): Promise<void> {
  const dedupKey = `replay:${row.id}`;
  await putAccepted(
    deps,
    {
      priority: priorityName(row.priority as Priority),
      source: row.source,
      category: row.category,
      payload: { text: readPayload(row.payload).text, dedupKey },
    },
    dedupKey,
  );
  await deps.store.transaction(async (tx) => {
    if (!(await markReplayed(tx, row.id, 'replayed by the owner'))) return;
    await recordActivity(tx, {
      at: deps.now(),
      actor: 'owner',
      action: 'event.replayed',
      summary: `event ${row.id} was put through the pipe again`,
      eventId: row.id,
    });
  });
}
