import type { Tx } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

/** IDENTIFYs a day that ninjad allows itself; Discord takes the token away past 1,000. */
export const identifiesADay = 50;

/** How many are left, and when the next one is if none is. */
export interface IdentifyBudget {
  left: number;
  /** When the oldest one of the day no longer counts; null where none counts. */
  resetAt: Date | null;
}

/** What is left of the budget of a bot. */
export async function identifyBudget(tx: Tx, botId: string, now: Date): Promise<IdentifyBudget> {
  const { rows } = await tx.query<{ used: number; oldest: Date | null }>({
    name: 'discord-identifies-budget',
    text: `SELECT count(*)::int AS used, min(at) AS oldest FROM discord_identifies WHERE bot_id = $1 AND at > $2`,
    values: [botId, dayBefore(now)],
  });
  const { used = 0, oldest = null } = rows[0] ?? {};
  return {
    left: Math.max(0, identifiesADay - used),
    resetAt: oldest === null ? null : new Date(oldest.getTime() + DAY),
  };
}

/** Takes one out of the budget, before it is sent; false where none is left. Two daemons take one after the other. */
export async function takeIdentify(tx: Tx, botId: string, now: Date): Promise<boolean> {
  await tx.query({
    name: 'discord-identifies-lock',
    text: `SELECT FROM discord_bots WHERE bot_id = $1 FOR UPDATE`,
    values: [botId],
  });
  const { rowCount } = await tx.query({
    name: 'discord-identifies-take',
    text: `INSERT INTO discord_identifies (bot_id, at)
           SELECT $1, $2 WHERE (SELECT count(*) FROM discord_identifies WHERE bot_id = $1 AND at > $3) < ${identifiesADay}`,
    values: [botId, now, dayBefore(now)],
  });
  return rowCount === 1;
}

function dayBefore(now: Date): Date {
  return new Date(now.getTime() - DAY);
}
