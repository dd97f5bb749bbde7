import type { Store } from '../../lib/store/store.ts';

/** Something that tasks do through ninjad and that is counted. */
export type CountedAct = 'remember' | 'queue_task' | 'make_wish' | 'notify_owner';

/** The name of the activity log's rows about messages to the owner. */
export const notifiedAction = 'owner.notified';

const sources: Readonly<Record<CountedAct, { from: string; task: string; at: string }>> = {
  remember: { from: `memory_embeddings WHERE origin = 'agent'`, task: 'task_id', at: 'created_at' },
  queue_task: { from: 'self_tasks WHERE true', task: 'parent_task_id', at: 'created_at' },
  make_wish: { from: `wishlist WHERE origin = 'agent'`, task: 'task_id', at: 'created_at' },
  notify_owner: { from: `activity_log WHERE action = '${notifiedAction}'`, task: 'task_id', at: 'at' },
};

/**
 * How often one task, and all tasks since `since`, did this. Call it in the transaction that adds one more: until its
 * end nobody else counts.
 */
export async function countActs(
  tx: Pick<Store, 'query'>,
  act: CountedAct,
  { taskId, since }: { taskId: number; since: Date },
): Promise<{ byTask: number; lately: number }> {
  const { from, task, at } = sources[act];
  await tx.query({ name: 'acts-in-turn', text: `SELECT pg_advisory_xact_lock(hashtext('ninjad.acts'))` });
  const { rows } = await tx.query<{ byTask: number; lately: number }>({
    name: `acts-count-${act}`,
    text: `SELECT count(*) FILTER (WHERE ${task} = $1)::int AS "byTask", count(*) FILTER (WHERE ${at} > $2)::int AS lately
             FROM ${from} AND (${task} = $1 OR ${at} > $2)`,
    values: [taskId, since],
  });
  return rows[0] ?? { byTask: 0, lately: 0 };
}
