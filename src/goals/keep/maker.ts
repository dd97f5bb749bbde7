import type { Caller } from '../../lib/operations/operation.ts';
import type { Tx } from '../../lib/store/store.ts';
import { type Lineage, standingOf } from '../../lib/wire/standing.ts';
import type { Maker } from './terms.ts';

/**
 * Who stands behind a request: the owner by their face, or the running task whose agent asks through it, with the trust of
 * that task. One that is not there is trusted with nothing.
 */
export async function makerOf(store: Tx, { by }: Caller, taskId: number | undefined): Promise<Maker> {
  if (taskId === undefined) return { by, trust: 'owner' };
  const { rows } = await store.query<{ source: string; lineage: Lineage | null }>({
    name: 'goals-maker',
    text: `SELECT source, (SELECT jsonb_build_object('depth', depth, 'trust', trust)
                     FROM self_tasks JOIN events USING (dedup_key) WHERE events.id = tasks.event_id) AS lineage
             FROM tasks WHERE id = $1`,
    values: [taskId],
  });
  const [task] = rows;
  return { by: `task ${taskId}`, trust: task === undefined ? 'untrusted' : standingOf(task).trust };
}
