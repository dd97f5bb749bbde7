import { hostname } from 'node:os';
import { pruneAttachments } from '../../src/discord/attachments.ts';
import { registerCommands } from '../../src/discord/commands.ts';
import { type CardDeps, keepCards } from '../../src/discord/decisions/keep-cards.ts';
import { holdBot } from '../../src/discord/rows/bots.ts';
import type { CommandHelp } from '../../src/lib/reflexes/declaration.ts';
import { localTime } from '../../src/lib/local-time.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';

export interface UpkeepDeps extends CardDeps {
  /** The UUID of this daemon's journal. */
  worker: string;
  commands: readonly CommandHelp[];
  attachmentsDir: string;
  report: (thrown: unknown, what: string) => void;
}

/** Heartbeats are due every 45 s or so, and discord.js ends a line whose heartbeats are not answered. */
const silentMs = 5 * MINUTE;

/** What has to be done now and then while Discord is connected. Rejects with what the store throws. */
export function createUpkeep(deps: UpkeepDeps): () => Promise<void> {
  let prunedAt = -Infinity;
  let registered: string | null | undefined;
  return async () => {
    const { link, store, report } = deps;
    const { botId, state, lastAckAt } = link.facts();
    const api = link.api();
    if (botId === null || api === undefined) return;
    const now = deps.now();
    const holding = await holdBot(store, { botId, holder: deps.worker, host: hostname(), now });
    if ('other' in holding) {
      const { host, since } = holding.other;
      link.endWith({
        kind: 'parked',
        reason: `the bot is held by the ninjad on ${host} since ${localTime(since)}`,
        waitMs: MINUTE,
      });
      return;
    }
    if (lastAckAt !== null && now.getTime() - lastAckAt > silentMs)
      link.endWith({ kind: 'away', reason: 'Discord has answered no heartbeat for 5 minutes' });
    if (state !== 'ready') return;
    if (registered !== botId) {
      registered = botId;
      await registerCommands(
        { api: api.hasty, store },
        { botId, known: holding.held.commandsHash, commands: deps.commands },
      ).catch((thrown: unknown) => report(thrown, 'the list of commands'));
    }
    await keepCards(deps).catch((thrown: unknown) => report(thrown, 'the cards of decisions'));
    if (now.getTime() - prunedAt < HOUR) return;
    prunedAt = now.getTime();
    await pruneAttachments(deps.attachmentsDir, now.getTime());
  };
}
