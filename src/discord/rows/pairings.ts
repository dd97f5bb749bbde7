import type { Tx } from '../../lib/store/store.ts';
import { MINUTE } from '../../lib/time.ts';

/** Somebody who wrote to the bot and is not known. */
export interface Pairing {
  code: string;
  userId: string;
  /** Their own word for themselves. */
  userName: string;
  channelId: string;
  expiresAt: Date;
}

/** Codes that may wait at once; whoever comes then gets no answer. */
export const maxPending = 3;
const codeMs = 10 * MINUTE;

const columns = `code, user_id AS "userId", user_name AS "userName", channel_id AS "channelId", expires_at AS "expiresAt"`;

/** Keeps a code for a user; undefined where they have one that still holds, or enough wait already. */
export async function offerPairing(
  tx: Tx,
  {
    botId,
    code,
    userId,
    userName,
    channelId,
    now,
  }: Omit<Pairing, 'expiresAt'> & { botId: string; now: Date },
): Promise<Pairing | undefined> {
  await tx.query({
    name: 'discord-pairings-expire',
    text: `DELETE FROM discord_pairings WHERE expires_at <= $1`,
    values: [now],
  });
  const { rows } = await tx.query<Pairing>({
    name: 'discord-pairings-offer',
    text: `INSERT INTO discord_pairings (code, bot_id, user_id, user_name, channel_id, created_at, expires_at)
           SELECT $1, $2, $3, $4, $5, $6, $7
            WHERE (SELECT count(*) FROM discord_pairings WHERE bot_id = $2) < ${maxPending}
           ON CONFLICT DO NOTHING RETURNING ${columns}`,
    values: [code, botId, userId, userName, channelId, now, new Date(now.getTime() + codeMs)],
  });
  return rows[0];
}

/** Those that wait, the oldest first. */
export async function listPairings(tx: Tx, botId: string, now: Date): Promise<Pairing[]> {
  const { rows } = await tx.query<Pairing>({
    name: 'discord-pairings-list',
    text: `SELECT ${columns} FROM discord_pairings WHERE bot_id = $1 AND expires_at > $2 ORDER BY created_at`,
    values: [botId, now],
  });
  return rows;
}

/** Takes a code that holds, and with it every other one of the bot; undefined where there is no such code. */
export async function takePairing(
  tx: Tx,
  { botId, code, now }: { botId: string; code: string; now: Date },
): Promise<Pairing | undefined> {
  const { rows } = await tx.query<Pairing>({
    name: 'discord-pairings-take',
    text: `DELETE FROM discord_pairings WHERE bot_id = $1 AND code = $2 AND expires_at > $3 RETURNING ${columns}`,
    values: [botId, code, now],
  });
  if (rows[0] === undefined) return undefined;
  await tx.query({
    name: 'discord-pairings-clear',
    text: `DELETE FROM discord_pairings WHERE bot_id = $1`,
    values: [botId],
  });
  return rows[0];
}
