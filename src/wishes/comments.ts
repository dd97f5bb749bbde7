import { recordAct } from '../activity/record-act.ts';
import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Tx } from '../lib/store/store.ts';
import { findDraft } from './drafts.ts';

/** A comment of the owner on a line of a draft. */
export interface WishComment {
  id: number;
  version: number;
  file: string;
  /** In the drafted file; null for the whole file. */
  line: number | null;
  text: string;
  by: string;
  at: Date;
  /** The version that was drafted with it. */
  answeredBy: number | null;
}

const columns = `id, version, file, line, text, made_by AS by, at, answered_by AS "answeredBy"`;
const mostOpen = 200;

/** The comments on a wish's drafts, in their order. */
export async function commentsOf(store: Tx, wishId: number): Promise<WishComment[]> {
  const { rows } = await store.query<WishComment>({
    name: 'wish-comments-of',
    text: `SELECT ${columns} FROM wish_comments WHERE wish_id = $1 ORDER BY id LIMIT 1000`,
    values: [wishId],
  });
  return rows;
}

/**
 * Keeps a comment on a version that is whole. Rejects with `NotFoundError` where there is none, with `UsageError` where the file
 * is none of the draft's, and with `ConflictError` past 200 open ones.
 */
export async function addComment(
  tx: Tx,
  caller: Caller,
  {
    id,
    version,
    file,
    line,
    text,
  }: { id: number; version: number } & Pick<WishComment, 'file' | 'line' | 'text'>,
  now: Date,
): Promise<WishComment> {
  const draft = await findDraft(tx, id, version);
  if (draft?.state !== 'drafted') throw new NotFoundError(`wish ${id} has no draft of version ${version}`);
  if (!draft.files.some(({ path }) => path === file))
    throw new UsageError(
      `the draft does not touch ${file}: it touches ${draft.files.map(({ path }) => path).join(', ')}`,
    );
  const open = (await commentsOf(tx, id)).filter(({ answeredBy }) => answeredBy === null);
  if (open.length >= mostOpen) throw new ConflictError(`wish ${id} has ${mostOpen} open comments already`);
  const { rows } = await tx.query<WishComment>({
    name: 'wish-comments-add',
    text: `INSERT INTO wish_comments (wish_id, version, file, line, text, made_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
           RETURNING ${columns}`,
    values: [id, version, file, line, text, caller.by, now],
  });
  await recordAct(tx, caller, {
    at: now,
    action: 'wish.commented',
    summary: `commented on version ${version} of wish ${id}: ${file}${line === null ? '' : `:${line}`}`,
    detail: { wish: id, version, file, line },
  });
  return rows[0] as WishComment;
}

/** Takes an open comment back. Rejects with `NotFoundError` where there is no such one. */
export async function removeComment(
  tx: Tx,
  caller: Caller,
  { id, comment }: { id: number; comment: number },
  now: Date,
): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'wish-comments-remove',
    text: 'DELETE FROM wish_comments WHERE id = $2 AND wish_id = $1 AND answered_by IS NULL',
    values: [id, comment],
  });
  if (rowCount !== 1) throw new NotFoundError(`wish ${id} has no open comment ${comment}`);
  await recordAct(tx, caller, {
    at: now,
    action: 'wish.comment-removed',
    summary: `took a comment on wish ${id} back`,
    detail: { wish: id, comment },
  });
}

/** Says which version was drafted with these comments. */
export async function answerComments(
  tx: Tx,
  { ids, version }: { ids: readonly number[]; version: number },
): Promise<void> {
  await tx.query({
    name: 'wish-comments-answer',
    text: 'UPDATE wish_comments SET answered_by = $2 WHERE id = ANY ($1) AND answered_by IS NULL',
    values: [ids, version],
  });
}
