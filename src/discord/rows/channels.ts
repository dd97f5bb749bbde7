import type { Tx } from '../../lib/store/store.ts';

/** The DM channel of a bot and a user. */
export interface DmChannel {
  channelId: string;
  userId: string;
  cursor: string | null;
  batchUntil: string | null;
}

const columns = `channel_id AS "channelId", user_id AS "userId", cursor, batch_until AS "batchUntil"`;

/** Keeps a channel that was not known, and gives it as it stands. */
export async function keepChannel(
  tx: Tx,
  { channelId, botId, userId }: { channelId: string; botId: string; userId: string },
): Promise<DmChannel> {
  const { rows } = await tx.query<DmChannel>({
    name: 'discord-channels-keep',
    text: `INSERT INTO discord_channels (channel_id, bot_id, user_id) VALUES ($1, $2, $3)
           ON CONFLICT ON CONSTRAINT discord_channels_of_a_user
             DO UPDATE SET channel_id = $1,
                           cursor = CASE WHEN discord_channels.channel_id = $1 THEN discord_channels.cursor END,
                           batch_until = CASE WHEN discord_channels.channel_id = $1 THEN discord_channels.batch_until END
           RETURNING ${columns}`,
    values: [channelId, botId, userId],
  });
  return rows[0] ?? { channelId, userId, cursor: null, batchUntil: null };
}

/** Moves the cursor on; it never goes back. What was to be taken in together up to there is over. */
export async function moveCursor(tx: Tx, channelId: string, messageId: string): Promise<void> {
  await tx.query({
    name: 'discord-channels-move',
    text: `UPDATE discord_channels
              SET cursor = $2, batch_until = CASE WHEN batch_until::numeric > $2::numeric THEN batch_until END
            WHERE channel_id = $1 AND (cursor IS NULL OR cursor::numeric < $2::numeric)`,
    values: [channelId, messageId],
  });
}

/** Notes up to which message those behind the cursor are taken in together. */
export async function beginBatch(tx: Tx, channelId: string, until: string): Promise<void> {
  await tx.query({
    name: 'discord-channels-batch',
    text: `UPDATE discord_channels SET batch_until = $2 WHERE channel_id = $1`,
    values: [channelId, until],
  });
}
