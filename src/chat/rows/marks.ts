import type { Tx } from '../../lib/store/store.ts';

/** Gives a conversation a name of the owner's; null takes it away. */
export async function nameConversation(
  tx: Tx,
  { conversation, title, now }: { conversation: string; title: string | null; now: Date },
): Promise<void> {
  await tx.query({
    name: 'conversation-marks-name',
    text: `INSERT INTO conversation_marks (conversation, title, updated_at) VALUES ($1, $2, $3)
           ON CONFLICT (conversation) DO UPDATE SET title = excluded.title, updated_at = excluded.updated_at`,
    values: [conversation, title, now],
  });
}

/** Puts a conversation at the top of the list, or back among the others. */
export async function pinConversation(
  tx: Tx,
  { conversation, pinned, now }: { conversation: string; pinned: boolean; now: Date },
): Promise<void> {
  await tx.query({
    name: 'conversation-marks-pin',
    text: `INSERT INTO conversation_marks (conversation, pinned_at, updated_at) VALUES ($1, CASE WHEN $2 THEN $3::timestamptz END, $3)
           ON CONFLICT (conversation) DO UPDATE SET pinned_at = excluded.pinned_at, updated_at = excluded.updated_at`,
    values: [conversation, pinned, now],
  });
}

/** Shows no more what was said in a conversation up to now, or all of it again. */
export async function hideConversation(
  tx: Tx,
  { conversation, hidden, now }: { conversation: string; hidden: boolean; now: Date },
): Promise<void> {
  await tx.query({
    name: 'conversation-marks-hide',
    text: `INSERT INTO conversation_marks (conversation, hidden_until, updated_at)
           VALUES ($1, CASE WHEN $2 THEN (SELECT max(id) FROM events WHERE conversation = $1) END, $3)
           ON CONFLICT (conversation) DO UPDATE SET hidden_until = excluded.hidden_until, updated_at = excluded.updated_at`,
    values: [conversation, hidden, now],
  });
}
