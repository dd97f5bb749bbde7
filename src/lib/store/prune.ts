import type { Store } from './store.ts';

/** How many days the rows of ended things are kept. */
export interface Retention {
  eventsDays: number;
  tasksDays: number;
  activityDays: number;
}

/** Rows deleted with one statement, so that nobody waits long behind it. */
const chunkRows = 2_000;

/**
 * Deletes what has been kept long enough, a chunk at a time; open events and tasks stay however old they are.
 * Resolves to the number of rows deleted.
 */
export async function pruneStore(
  store: Pick<Store, 'query'>,
  retention: Retention,
  now: Date,
): Promise<number> {
  const before = (days: number): Date => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  return (
    (await deleteAll(
      store,
      'prune-events',
      `status <> 'task' AND received_at < $1`,
      'events',
      before(retention.eventsDays),
    )) +
    (await deleteAll(store, 'prune-tasks', 'finished_at < $1', 'tasks', before(retention.tasksDays))) +
    (await deleteAll(store, 'prune-activity', 'at < $1', 'activity_log', before(retention.activityDays)))
  );
}

async function deleteAll(
  store: Pick<Store, 'query'>,
  name: string,
  condition: string,
  table: 'events' | 'tasks' | 'activity_log',
  before: Date,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await store.query({
      name,
      // Ids rise with time, so the oldest rows are found at the front of the primary key.
      text: `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${condition} ORDER BY id LIMIT ${chunkRows})`,
      values: [before],
    });
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < chunkRows) return deleted;
  }
}
