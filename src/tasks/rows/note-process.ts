import type { ProcessIdentity } from '../../lib/process/identity.ts';
import { storable } from '../../lib/store/storable.ts';
import type { Store } from '../../lib/store/store.ts';
import type { TaskMark } from '../../lib/process/marker.ts';
import type { TaskAttempt } from './attempt.ts';

/** The process of an attempt; `mark` is there where it does not carry the attempt's own, since it was started ahead. */
export type NotedProcess = ProcessIdentity & { mark?: TaskMark };

/** Stores which process runs an attempt, so that a successor can find and end it, which agent that is, and what it was given. */
export async function noteProcess(
  store: Pick<Store, 'query'>,
  { id, worker, attempt }: TaskAttempt,
  { identity, agent, memories }: { identity: NotedProcess | null; agent: unknown; memories: unknown },
): Promise<void> {
  await store.query({
    name: 'tasks-note-process',
    text: `UPDATE tasks SET process = coalesce($4::jsonb, process), agent = $5, memories = $6
            WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
    values: [
      id,
      worker,
      attempt,
      identity === null ? null : JSON.stringify(identity),
      JSON.stringify(storable(agent)),
      JSON.stringify(storable(memories)),
    ],
  });
}

/**
 * Stores which process is about to run an attempt, before it is told what to do. Resolves to false where the attempt is not
 * this worker's any more.
 */
export async function noteClaim(
  store: Pick<Store, 'query'>,
  { id, worker, attempt }: TaskAttempt,
  process: NotedProcess,
): Promise<boolean> {
  const { rowCount } = await store.query({
    name: 'tasks-note-claim',
    text: `UPDATE tasks SET process = $4 WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
    values: [id, worker, attempt, JSON.stringify(process)],
  });
  return rowCount === 1;
}
