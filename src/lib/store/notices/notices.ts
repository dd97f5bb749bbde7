import type { Store } from '../store.ts';

type Tx = Pick<Store, 'query'>;

/** Who tells: a task in its agent's words, the spending, or the agent CLI that cannot work without the owner. */
export type NoticeOrigin = 'task' | 'spend' | 'agent';

/** Something that the owner is to know. */
export interface NoticeRow {
  id: number;
  at: Date;
  origin: NoticeOrigin;
  text: string;
  task_id: number | null;
  seen_at: Date | null;
}

const columns = 'id, at, origin, text, task_id, seen_at';

/**
 * Keeps what the owner is told until they have seen it. Of spending and of the agent only the newest still holds, so it
 * takes the place of those before; each task's words stand for themselves.
 */
export async function keepNotice(
  tx: Tx,
  { origin, text, taskId, now }: { origin: NoticeOrigin; text: string; taskId: number | null; now: Date },
): Promise<void> {
  if (origin !== 'task') await settleNotices(tx, { origin, now });
  await tx.query({
    name: 'notices-keep',
    text: `INSERT INTO owner_notices (at, origin, text, task_id) VALUES ($1, $2, $3, $4)`,
    values: [now, origin, text, taskId],
  });
}

/** What was said no longer holds: nobody needs to read it. */
export async function settleNotices(
  tx: Tx,
  { origin, now }: { origin: NoticeOrigin; now: Date },
): Promise<void> {
  await tx.query({
    name: 'notices-settle',
    text: `UPDATE owner_notices SET seen_at = $2 WHERE origin = $1 AND seen_at IS NULL`,
    values: [origin, now],
  });
}

/** The newest notices, or the newest that were not seen. */
export async function listNotices(
  store: Tx,
  { unseen, before, limit }: { unseen: boolean; before?: number | undefined; limit: number },
): Promise<NoticeRow[]> {
  const { rows } = await store.query<NoticeRow>({
    name: unseen ? 'notices-unseen' : 'notices-list',
    text: `SELECT ${columns} FROM owner_notices WHERE ${unseen ? 'seen_at IS NULL' : 'true'} AND ($1::bigint IS NULL OR id < $1)
            ORDER BY id DESC LIMIT $2`,
    values: [before ?? null, limit],
  });
  return rows;
}

/** Marks as seen the notices with these ids, or all up to one. Resolves to how many are left unseen. */
export async function seeNotices(
  store: Tx,
  { ids, until, now }: { ids?: readonly number[] | undefined; until?: number | undefined; now: Date },
): Promise<number> {
  await store.query({
    name: 'notices-see',
    text: `UPDATE owner_notices SET seen_at = $3 WHERE seen_at IS NULL AND (id = ANY ($1::bigint[]) OR id <= $2::bigint)`,
    values: [ids ?? [], until ?? null, now],
  });
  return countUnseen(store);
}

/** How many notices the owner has not seen. */
export async function countUnseen(store: Tx): Promise<number> {
  const { rows } = await store.query<{ unseen: number }>({
    name: 'notices-count',
    text: `SELECT count(*)::int AS unseen FROM owner_notices WHERE seen_at IS NULL`,
  });
  return rows[0]?.unseen ?? 0;
}
