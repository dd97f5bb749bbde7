import type { Store } from '../../lib/store/store.ts';

/** Makes the tasks due that wait for money: a cap was raised. */
export async function releaseWaiting(store: Pick<Store, 'query'>, now: Date): Promise<void> {
  await store.query({
    name: 'tasks-release-waiting',
    text: `UPDATE tasks SET run_after = $1, waits_from = $1 WHERE state = 'queued' AND outcome = 'over-budget' AND run_after > $1`,
    values: [now],
  });
}
