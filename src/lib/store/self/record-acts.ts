import type { Trust } from '../../recall/trust.ts';
import type { MemoryKind } from '../../memory/kinds.ts';
import { insertMemory } from '../memories/insert-memory.ts';
import { keepNotice } from '../notices/notices.ts';
import type { Store } from '../store.ts';
import { notifiedAction } from './count-acts.ts';

type Tx = Pick<Store, 'query'>;

/** Who did it, and when. */
export interface Act {
  taskId: number;
  eventId: number;
  now: Date;
}

/** Notes that a task queues another one. The event that comes by `dedupKey` inherits depth and trust from here. */
export async function recordSelfTask(
  tx: Tx,
  { taskId, now }: Act,
  { dedupKey, depth, trust }: { dedupKey: string; depth: number; trust: Trust },
): Promise<void> {
  await tx.query({
    name: 'self-tasks-record',
    text: `INSERT INTO self_tasks (dedup_key, parent_task_id, depth, trust, created_at) VALUES ($1, $2, $3, $4, $5)`,
    values: [dedupKey, taskId, depth, trust, now],
  });
}

/** Takes back what `recordSelfTask` noted, for a line that could not be written. */
export async function forgetSelfTask(tx: Tx, dedupKey: string): Promise<void> {
  await tx.query({
    name: 'self-tasks-forget',
    text: `DELETE FROM self_tasks WHERE dedup_key = $1`,
    values: [dedupKey],
  });
}

/** Keeps a memory; the same text of the same trust is only seen once more. Resolves to whether it is new. */
export async function recordMemory(
  tx: Tx,
  { taskId, now }: Act,
  memory: { content: string; kind: MemoryKind; source: string; trust: Trust },
): Promise<boolean> {
  const { content, kind, source, trust } = memory;
  const seen = await tx.query({
    name: 'memories-see-again',
    text: `UPDATE memory_embeddings SET seen_count = seen_count + 1, last_seen_at = $3
            WHERE content_hash = md5($1) AND content = $1 AND trust = $2`,
    values: [content, trust, now],
  });
  if (seen.rowCount !== 0) return false;
  await insertMemory(tx, { content, kind, source, trust, origin: 'agent', taskId, now });
  return true;
}

/** Proposes a wish; one whose title is open already is left as it is. Resolves to whether it is new. */
export async function recordWish(
  tx: Tx,
  { taskId, now }: Act,
  { title, description }: { title: string; description: string },
): Promise<boolean> {
  const fingerprint = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const { rowCount } = await tx.query({
    name: 'wishes-propose',
    text: `INSERT INTO wishlist (title, description, fingerprint, origin, task_id, created_at)
           VALUES ($1, $2, md5($3), 'agent', $4, $5)
           ON CONFLICT (fingerprint) WHERE state NOT IN ('rejected', 'applied') DO NOTHING`,
    values: [title, description, fingerprint, taskId, now],
  });
  return rowCount === 1;
}

/** Keeps what the owner is told, and writes it into the activity log. */
export async function recordNotice(tx: Tx, { taskId, eventId, now }: Act, text: string): Promise<void> {
  await tx.query({
    name: 'activity-notify-owner',
    text: `INSERT INTO activity_log (at, actor, action, summary, event_id, task_id) VALUES ($1, 'agent', $2, $3, $4, $5)`,
    values: [now, notifiedAction, text, eventId, taskId],
  });
  await keepNotice(tx, { origin: 'task', text, taskId, now });
}
