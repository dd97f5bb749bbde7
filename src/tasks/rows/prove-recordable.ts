import { randomInt } from 'node:crypto';
import type { Store } from '../../lib/store/store.ts';

const rolledBack = Symbol('rolled back');

/**
 * Proves that events and tasks can be written: an event and its task are made, the task is changed, and all of it is rolled
 * back. Rejects with what Postgres says to it, such as that it is read-only, that a right or a table is missing, or what a
 * trigger raises.
 */
export async function proveRecordable(store: Store): Promise<void> {
  // Below every true id, and by chance, so that two daemons on one server do not wait for each other.
  const id = -randomInt(1, 2 ** 40);
  const now = new Date();
  try {
    await store.transaction(async (tx) => {
      await tx.query({
        text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
               VALUES ($1, 5, 'ninjad', 'proof', '', $2, $2, 'drop', 'proof', 'dropped')`,
        values: [id, now],
      });
      await tx.query({
        text: `INSERT INTO tasks (id, event_id, priority, source, category, prompt, run_after, queued_at)
               OVERRIDING SYSTEM VALUE VALUES ($1, $1, 5, 'ninjad', 'proof', '', 'infinity', $2)`,
        values: [id, now],
      });
      await tx.query({ text: `UPDATE tasks SET progress = 'proof' WHERE id = $1`, values: [id] });
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the only way to leave a transaction without its commit
      throw rolledBack;
    });
  } catch (thrown) {
    if (thrown !== rolledBack) throw thrown;
  }
}
