import type { ProcessIdentity } from '../../process/identity.ts';
import type { Store } from '../store.ts';
import type { TaskAttempt } from './attempt.ts';

/** Stores which process runs an attempt, and which agent it is, so that a successor can find and end it. */
export async function noteProcess(
  store: Pick<Store, 'query'>,
  { id, worker, attempt }: TaskAttempt,
  { identity, agent }: { identity: ProcessIdentity; agent: unknown },
): Promise<void> {
  await store.query({
    name: 'tasks-note-process',
    text: `UPDATE tasks SET process = $4, agent = $5
            WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
    values: [id, worker, attempt, JSON.stringify(identity), JSON.stringify(agent)],
  });
}
