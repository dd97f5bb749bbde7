import type { Store } from './store.ts';

/** How many days the rows of ended things are kept. */
export interface Retention {
  eventsDays: number;
  tasksDays: number;
  activityDays: number;
}

/** Rows deleted with one statement, so that nobody waits long behind it. */
const chunkRows = 2_000;

/** Costs stay at least as long as a month and the one before it are summed up. */
const leastCostsDays = 62;
/** Depth and trust of a task that is still to run come from here. */
const selfTasksEnded = `created_at < $1 AND NOT EXISTS (
  SELECT FROM events JOIN tasks ON tasks.event_id = events.id
   WHERE events.dedup_key = self_tasks.dedup_key AND tasks.finished_at IS NULL)`;
const conversationsEnded = `last_used_at < $1 AND NOT EXISTS (
  SELECT FROM tasks WHERE finished_at IS NULL AND conversations.id IN (tasks.conversation, tasks.fork_of))`;

/**
 * Deletes what has been kept long enough, a chunk at a time; open events and tasks stay however old they are.
 * Resolves to the number of rows deleted.
 */
export async function pruneStore(
  store: Pick<Store, 'query'>,
  retention: Retention,
  now: Date,
): Promise<number> {
  const costsDays = Math.max(leastCostsDays, retention.tasksDays);
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
    (await deleteAll(store, 'prune-activity', 'at < $1', 'activity_log', before(retention.activityDays))) +
    (await deleteAll(store, 'prune-notices', 'at < $1', 'owner_notices', before(retention.activityDays))) +
    (await deleteAll(store, 'prune-costs', 'at < $1', 'task_costs', before(costsDays))) +
    (await deleteAll(
      store,
      'prune-self-tasks',
      selfTasksEnded,
      'self_tasks',
      before(retention.tasksDays),
      'dedup_key',
    )) +
    (await deleteAll(
      store,
      'prune-conversations',
      conversationsEnded,
      'conversations',
      before(retention.tasksDays),
    ))
  );
}

async function deleteAll(
  store: Pick<Store, 'query'>,
  name: string,
  condition: string,
  table:
    'events' | 'tasks' | 'activity_log' | 'owner_notices' | 'task_costs' | 'self_tasks' | 'conversations',
  before: Date,
  key = 'id',
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await store.query({
      name,
      // Ids rise with time, so the oldest rows are found at the front of the primary key.
      text: `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${key} LIMIT ${chunkRows})`,
      values: [before],
    });
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < chunkRows) return deleted;
  }
}
