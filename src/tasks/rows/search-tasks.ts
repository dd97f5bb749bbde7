import { likePattern } from '../../lib/store/like-pattern.ts';
import type { Store } from '../../lib/store/store.ts';
import { listedTaskColumns, type TaskListRow } from './list-tasks.ts';

/** What a list of tasks may be narrowed to; `text` is looked for in prompt and reply, `before` is a task's id. */
export interface TaskSearch {
  state?: string | undefined;
  priority?: number | undefined;
  source?: string | undefined;
  category?: string | undefined;
  conversation?: string | undefined;
  text?: string | undefined;
  before?: number | undefined;
  limit: number;
}

/** The newest tasks that fit. */
export async function searchTasks(store: Pick<Store, 'query'>, search: TaskSearch): Promise<TaskListRow[]> {
  const { state, priority, source, category, conversation, text, before, limit } = search;
  const { rows } = await store.query<TaskListRow>({
    name: 'tasks-search',
    text: `SELECT ${listedTaskColumns} FROM tasks
            WHERE ($1::text IS NULL OR state = $1) AND ($2::smallint IS NULL OR priority = $2)
              AND ($3::text IS NULL OR source = $3) AND ($4::text IS NULL OR category = $4)
              AND ($5::text IS NULL OR conversation = $5) AND ($6::bigint IS NULL OR id < $6)
              AND ($7::text IS NULL OR prompt ILIKE $7 OR reply ILIKE $7)
            ORDER BY id DESC LIMIT $8`,
    values: [
      state ?? null,
      priority ?? null,
      source ?? null,
      category ?? null,
      conversation ?? null,
      before ?? null,
      likePattern(text),
      limit,
    ],
  });
  return rows;
}

/** These tasks and the tasks of these events, newest first. */
export async function findTasks(
  store: Pick<Store, 'query'>,
  { ids, eventIds }: { ids: readonly number[]; eventIds: readonly number[] },
): Promise<TaskListRow[]> {
  const { rows } = await store.query<TaskListRow>({
    name: 'tasks-find-many',
    text: `SELECT ${listedTaskColumns} FROM tasks WHERE id = ANY ($1::bigint[]) OR event_id = ANY ($2::bigint[])
            ORDER BY id DESC`,
    values: [ids, eventIds],
  });
  return rows;
}
