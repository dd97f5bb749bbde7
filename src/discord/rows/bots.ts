import type { Tx } from '../../lib/store/store.ts';

/** Time for which a daemon holds a bot without renewing it. */
const leaseSeconds = 90;

/** A bot as this daemon may use it. */
export interface HeldBot {
  /** Who was paired with it. */
  ownerId: string | null;
  commandsHash: string | null;
}

/** The daemon that holds a bot in place of this one. */
export interface OtherHolder {
  host: string;
  since: Date;
}

export interface Holding {
  botId: string;
  /** The UUID of this daemon's journal. */
  holder: string;
  host: string;
  now: Date;
}

/** Takes or renews the hold on a bot, so that of several daemons with one token a single one answers. */
export async function holdBot(tx: Tx, holding: Holding): Promise<{ held: HeldBot } | { other: OtherHolder }> {
  const { botId, holder, host, now } = holding;
  const { rows } = await tx.query<HeldBot>({
    name: 'discord-bots-hold',
    text: `INSERT INTO discord_bots AS bot (bot_id, holder, holder_host, held_since, held_until)
           VALUES ($1, $2, $3, $4, $4::timestamptz + interval '${leaseSeconds} s')
           ON CONFLICT ON CONSTRAINT discord_bots_pkey DO UPDATE
              SET holder = $2, holder_host = $3, held_until = excluded.held_until,
                  held_since = CASE WHEN bot.holder = $2 THEN bot.held_since ELSE $4 END
            WHERE bot.holder IS NULL OR bot.holder = $2 OR bot.held_until < $4
               OR bot.held_until > $4::timestamptz + interval '${2 * leaseSeconds} s'
           RETURNING owner_id AS "ownerId", commands_hash AS "commandsHash"`,
    values: [botId, holder, host, now],
  });
  const [held] = rows;
  return held === undefined ? { other: await otherHolder(tx, botId) } : { held };
}

async function otherHolder(tx: Tx, botId: string): Promise<OtherHolder> {
  const { rows } = await tx.query<OtherHolder>({
    name: 'discord-bots-other',
    text: `SELECT coalesce(holder_host, 'another machine') AS host, held_since AS since FROM discord_bots WHERE bot_id = $1`,
    values: [botId],
  });
  return rows[0] ?? { host: 'another machine', since: new Date(0) };
}

/** Lets go of a bot, so that another daemon need not wait for the end of the lease. */
export async function releaseBot(tx: Tx, botId: string, holder: string): Promise<void> {
  await tx.query({
    name: 'discord-bots-release',
    text: `UPDATE discord_bots SET held_until = NULL, holder = NULL, holder_host = NULL WHERE bot_id = $1 AND holder = $2`,
    values: [botId, holder],
  });
}

/** Makes somebody the owner behind a bot, or nobody. */
export async function setOwner(tx: Tx, botId: string, ownerId: string | null, now: Date): Promise<void> {
  await tx.query({
    name: 'discord-bots-owner',
    text: `UPDATE discord_bots SET owner_id = $2, paired_at = $3 WHERE bot_id = $1`,
    values: [botId, ownerId, ownerId === null ? null : now],
  });
}

/** Notes which application commands Discord has. */
export async function noteCommands(tx: Tx, botId: string, hash: string): Promise<void> {
  await tx.query({
    name: 'discord-bots-commands',
    text: `UPDATE discord_bots SET commands_hash = $2 WHERE bot_id = $1`,
    values: [botId, hash],
  });
}

/** Who was paired with a bot; null where nobody was. */
export async function findOwner(tx: Tx, botId: string): Promise<string | null> {
  const { rows } = await tx.query<{ ownerId: string | null }>({
    name: 'discord-bots-find-owner',
    text: `SELECT owner_id AS "ownerId" FROM discord_bots WHERE bot_id = $1`,
    values: [botId],
  });
  return rows[0]?.ownerId ?? null;
}
