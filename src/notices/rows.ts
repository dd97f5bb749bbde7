import type { Tx } from '../lib/store/store.ts';
import { dropNews, insertNews } from '../outbox/rows/insert-deliveries.ts';
import { isWaiting } from './waiting.ts';

/**
 * Who tells: a task in its agent's words, the spending, the agent CLI that cannot work without the owner, a message
 * that could not be delivered, a clock that has jumped, a goal, a connection to Discord that is down, a mailbox that cannot be
 * watched, a host of the fleet, the drafts of wishes, a backup that failed, or the
 * room on the disk.
 */
export type NoticeOrigin =
  | 'task'
  | 'spend'
  | 'agent'
  | 'delivery'
  | 'clock'
  | 'goal'
  | 'discord'
  | 'mail'
  | 'fleet'
  | 'wish'
  | 'upkeep'
  | 'storage';

/** Something that the owner should know. */
export interface Notice {
  id: number;
  at: Date;
  origin: NoticeOrigin;
  text: string;
  taskId: number | null;
  /** When it was read, or what it said came to its end. */
  seenAt: Date | null;
  /** Until when the owner has put it off; it waits for nobody before. */
  putOffUntil: Date | null;
}

const newestHolds: ReadonlySet<NoticeOrigin> = new Set(['spend', 'agent', 'clock', 'discord', 'storage']);

const columns = `id, at, origin, text, task_id AS "taskId", seen_at AS "seenAt", put_off_until AS "putOffUntil"`;

/**
 * Keeps what the owner is told until they have seen it, and what is to be sent of it in the channels that take notices.
 * Of spending, of the agent, of the clock, of the disk and of Discord only the newest still holds, so it takes the place of those before;
 * each task's words and each lost message stand for themselves. Resolves to the subject of its deliveries.
 */
export async function keepNotice(
  tx: Tx,
  { origin, text, taskId, now, sentTo = 'all' }: NewNotice,
): Promise<string | undefined> {
  if (newestHolds.has(origin)) await settleNotices(tx, { origin, now });
  const { rows } = await tx.query<{ id: number }>({
    name: 'notices-keep',
    text: `INSERT INTO owner_notices (at, origin, text, task_id) VALUES ($1, $2, $3, $4) RETURNING id`,
    values: [now, origin, text, taskId],
  });
  const noticeId = rows[0]?.id;
  if (noticeId === undefined) return undefined;
  if (sentTo === 'none') return subjectOf(noticeId);
  const except = sentTo === 'all' ? null : sentTo.except;
  await insertNews(tx, { subject: subjectOf(noticeId), text, taskId, except, now });
  return subjectOf(noticeId);
}

/** What the owner is to be told. */
export interface NewNotice {
  origin: NoticeOrigin;
  text: string;
  taskId: number | null;
  now: Date;
  /** The channels that send it. Default `all` that take notices; one that tells of a channel's failure must not need that channel. */
  sentTo?: 'all' | 'none' | { except: string };
}

/** What was said no longer holds: nobody needs to read it. */
export async function settleNotices(
  tx: Tx,
  { origin, now }: { origin: NoticeOrigin; now: Date },
): Promise<void> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'notices-settle',
    text: `UPDATE owner_notices SET seen_at = $2 WHERE origin = $1 AND seen_at IS NULL RETURNING id`,
    values: [origin, now],
  });
  await dropNews(tx, subjectsOf(rows), now);
}

/** The name of a notice among the deliveries. */
function subjectOf(id: number): string {
  return `notice:${id}`;
}

function subjectsOf(rows: readonly { id: number }[]): string[] {
  return rows.map(({ id }) => subjectOf(id));
}

/** The newest notices, or the newest that wait: not seen, and not put off. */
export async function listNotices(
  store: Tx,
  { unseen, before, limit }: { unseen: boolean; before?: number | undefined; limit: number },
): Promise<Notice[]> {
  const { rows } = await store.query<Notice>({
    name: unseen ? 'notices-unseen' : 'notices-list',
    text: `SELECT ${columns} FROM owner_notices WHERE ${unseen ? isWaiting : 'true'} AND ($1::bigint IS NULL OR id < $1)
            ORDER BY id DESC LIMIT $2`,
    values: [before ?? null, limit],
  });
  return rows;
}

/**
 * Marks as seen the notices with these ids, or all that wait up to one, which need not be sent any more either. Resolves to how many are left unseen, and which they were.
 */
export async function seeNotices(
  store: Tx,
  { ids, until, now }: { ids?: readonly number[] | undefined; until?: number | undefined; now: Date },
): Promise<{ unseen: number; ids: number[] }> {
  const { rows } = await store.query<{ id: number }>({
    name: 'notices-see',
    text: `UPDATE owner_notices SET seen_at = $3 WHERE seen_at IS NULL AND (id = ANY ($1::bigint[]) OR (${isWaiting} AND id <= $2::bigint))
           RETURNING id`,
    values: [ids ?? [], until ?? null, now],
  });
  await dropNews(store, subjectsOf(rows), now);
  return {
    unseen: await countUnseen(store),
    ids: rows.map(({ id }) => id).sort((one, other) => one - other),
  };
}

/**
 * Puts notices off until an instant, those too that were seen: they are told again then. Null takes it back at once.
 * Resolves to how many wait now.
 */
export async function putOffNotices(
  store: Tx,
  { ids, until, now }: { ids: readonly number[]; until: Date | null; now: Date },
): Promise<number> {
  const { rows } = await store.query<{ id: number }>({
    name: 'notices-put-off',
    text: `UPDATE owner_notices SET seen_at = NULL, put_off_until = $2 WHERE id = ANY ($1::bigint[]) RETURNING id`,
    values: [ids, until],
  });
  await dropNews(store, subjectsOf(rows), now);
  return countUnseen(store);
}

/** How many notices wait for the owner. */
export async function countUnseen(store: Tx): Promise<number> {
  const { rows } = await store.query<{ unseen: number }>({
    name: 'notices-count',
    text: `SELECT count(*)::int AS unseen FROM owner_notices WHERE ${isWaiting}`,
  });
  return rows[0]?.unseen ?? 0;
}
