import type { Tx } from '../../lib/store/store.ts';

/** The message with the buttons of one decision. */
export interface Card {
  id: number;
  kind: string;
  subjectId: number;
  channelId: string;
  nonce: string;
  /** Null where nobody knows whether it was made. */
  messageId: string | null;
  version: string;
  settledAt: Date | null;
}

const columns = `id, kind, subject_id AS "subjectId", channel_id AS "channelId", nonce, message_id AS "messageId", version,
  settled_at AS "settledAt"`;

/** The cards on which something is left to decide, the oldest first. */
export async function openCards(tx: Tx): Promise<Card[]> {
  const { rows } = await tx.query<Card>({
    name: 'discord-cards-open',
    text: `SELECT ${columns} FROM discord_cards WHERE settled_at IS NULL ORDER BY id LIMIT 200`,
  });
  return rows;
}

/** The card of a subject, or undefined. */
export async function findCard(tx: Tx, kind: string, subjectId: number): Promise<Card | undefined> {
  const { rows } = await tx.query<Card>({
    name: 'discord-cards-find',
    text: `SELECT ${columns} FROM discord_cards WHERE kind = $1 AND subject_id = $2`,
    values: [kind, subjectId],
  });
  return rows[0];
}

/** Keeps a card before its message is made; a settled one of the subject, which is open again, begins anew. */
export async function beginCard(
  tx: Tx,
  {
    kind,
    subjectId,
    channelId,
    nonce,
    version,
    now,
  }: Omit<Card, 'id' | 'messageId' | 'settledAt'> & { now: Date },
): Promise<Card | undefined> {
  const { rows } = await tx.query<Card>({
    name: 'discord-cards-begin',
    text: `INSERT INTO discord_cards (kind, subject_id, channel_id, nonce, version, created_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT ON CONSTRAINT discord_cards_once_a_subject
             DO UPDATE SET channel_id = $3, nonce = $4, version = $5, created_at = $6, message_id = NULL, settled_at = NULL
             WHERE discord_cards.settled_at IS NOT NULL
           RETURNING ${columns}`,
    values: [kind, subjectId, channelId, nonce, version, now],
  });
  return rows[0];
}

/** Notes which message it is. */
export async function noteCard(tx: Tx, id: number, messageId: string): Promise<void> {
  await tx.query({
    name: 'discord-cards-note',
    text: `UPDATE discord_cards SET message_id = $2 WHERE id = $1`,
    values: [id, messageId],
  });
}

/** Notes what the message shows now, and whether that is the end of it. */
export async function redrawnCard(
  tx: Tx,
  { id, version, settledAt }: { id: number; version: string; settledAt: Date | null },
): Promise<void> {
  await tx.query({
    name: 'discord-cards-redrawn',
    text: `UPDATE discord_cards SET version = $2, settled_at = $3 WHERE id = $1`,
    values: [id, version, settledAt],
  });
}
