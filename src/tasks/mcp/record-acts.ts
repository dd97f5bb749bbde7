import type { Trust } from '../../lib/wire/trust.ts';
import type { MemoryKind } from '../../memory/kinds.ts';
import { insertMemory } from '../../memory/rows/insert-memory.ts';
import { tellOwner } from '../tell-owner.ts';
import { turnedDown } from '../../wishes/alike.ts';
import { proposeWish } from '../../wishes/rows.ts';
import type { Tx } from '../../lib/store/store.ts';
import { notifiedAction } from './count-acts.ts';

/** Who did it, and when. */
export interface Act {
  taskId: number;
  eventId: number;
  now: Date;
}

/** Notes that a task queues another one. The event that comes by `key` (see `eventKey`) inherits depth and trust from here. */
export async function recordSelfTask(
  tx: Tx,
  { taskId, now }: Act,
  { key, depth, trust }: { key: string; depth: number; trust: Trust },
): Promise<void> {
  await tx.query({
    name: 'self-tasks-record',
    text: `INSERT INTO self_tasks (dedup_key, parent_task_id, depth, trust, created_at) VALUES ($1, $2, $3, $4, $5)`,
    values: [key, taskId, depth, trust, now],
  });
}

/** Takes back what `recordSelfTask` noted, for a line that could not be written. */
export async function forgetSelfTask(tx: Tx, key: string): Promise<void> {
  await tx.query({
    name: 'self-tasks-forget',
    text: `DELETE FROM self_tasks WHERE dedup_key = $1`,
    values: [key],
  });
}

/**
 * Keeps a memory; the same text of the same trust is only seen once more, and one that only repeats another memory's words
 * is not kept. Resolves to which of these it was.
 */
export async function recordMemory(
  tx: Tx,
  { taskId, now }: Act,
  memory: { content: string; kind: MemoryKind; source: string; trust: Trust; repeats: boolean },
): Promise<'new' | 'seen again' | 'repeated'> {
  const { content, kind, source, trust } = memory;
  const seen = await tx.query({
    name: 'memories-see-again',
    text: `UPDATE memory_embeddings SET seen_count = seen_count + 1, last_seen_at = $3
            WHERE content_hash = md5($1) AND content = $1 AND trust = $2`,
    values: [content, trust, now],
  });
  if (seen.rowCount !== 0) return 'seen again';
  if (memory.repeats) return 'repeated';
  await insertMemory(tx, { content, kind, source, trust, origin: 'agent', taskId, now });
  return 'new';
}

/** What became of an agent's wish, and the sentence that the agent is told. */
export interface RecordedWish {
  isNew: boolean;
  says: string;
}

/** Proposes a wish; one that is open already is left as it is, and one that the owner has turned down stays so. */
export async function recordWish(
  tx: Tx,
  { taskId, now }: Act,
  { title, description }: { title: string; description: string },
): Promise<RecordedWish> {
  const before = await turnedDown(tx, title);
  if (before !== undefined) {
    const why = before.reason === null ? '' : `: ${before.reason}`;
    return { isNew: false, says: `The owner has turned that down as wish ${before.id}${why}` };
  }
  const wish = { title, description, origin: 'agent', taskId, approved: false, now } as const;
  const isNew = (await proposeWish(tx, wish)) !== undefined;
  return { isNew, says: isNew ? 'Proposed; the owner decides.' : 'That wish is open already.' };
}

/** Keeps what the owner is told, and writes it into the activity log. */
export async function recordTold(tx: Tx, { taskId, eventId, now }: Act, text: string): Promise<void> {
  await tx.query({
    name: 'activity-notify-owner',
    text: `INSERT INTO activity_log (at, actor, action, summary, event_id, task_id) VALUES ($1, 'agent', $2, $3, $4, $5)`,
    values: [now, notifiedAction, text, eventId, taskId],
  });
  await tellOwner(tx, { origin: 'task', text, taskId, now });
}
