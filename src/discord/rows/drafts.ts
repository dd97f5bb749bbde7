import type { Tx } from '../../lib/store/store.ts';

/** The message that shows a reply while it is written. */
export interface Draft {
  taskId: number;
  channelId: string;
  nonce: string;
  /** Null where nobody knows whether it was made. */
  messageId: string | null;
}

const columns = `task_id AS "taskId", channel_id AS "channelId", nonce, message_id AS "messageId"`;

/** Keeps a draft before its message is made; gives the one of an earlier attempt where there is one. */
export async function beginDraft(
  tx: Tx,
  { taskId, channelId, nonce, now }: Omit<Draft, 'messageId'> & { now: Date },
): Promise<Draft | undefined> {
  const { rows } = await tx.query<Draft>({
    name: 'discord-drafts-begin',
    text: `INSERT INTO discord_drafts (task_id, channel_id, nonce, created_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT discord_drafts_pkey DO UPDATE SET nonce = discord_drafts.nonce
           RETURNING ${columns}`,
    values: [taskId, channelId, nonce, now],
  });
  return rows[0];
}

/** Notes which message it is. */
export async function noteDraft(tx: Tx, taskId: number, messageId: string): Promise<void> {
  await tx.query({
    name: 'discord-drafts-note',
    text: `UPDATE discord_drafts SET message_id = $2 WHERE task_id = $1`,
    values: [taskId, messageId],
  });
}

/** The draft of a task, or undefined. */
export async function findDraft(tx: Tx, taskId: number): Promise<Draft | undefined> {
  const { rows } = await tx.query<Draft>({
    name: 'discord-drafts-find',
    text: `SELECT ${columns} FROM discord_drafts WHERE task_id = $1`,
    values: [taskId],
  });
  return rows[0];
}

/** The reply stands: there is no draft of it any more. */
export async function endDraft(tx: Tx, taskId: number): Promise<void> {
  await tx.query({
    name: 'discord-drafts-end',
    text: `DELETE FROM discord_drafts WHERE task_id = $1`,
    values: [taskId],
  });
}
