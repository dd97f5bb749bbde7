import type * as DiscordJs from 'discord.js';
import { createDiscordApi } from '../../src/discord/api.ts';
import type { OpenApi } from '../../src/discord/link.ts';

export type DiscordModule = typeof DiscordJs;

/** The library and the REST clients of one token. */
export interface Connection {
  discord: DiscordModule;
  token: string;
  /** What the REST API is for discord.js, without its version. */
  apiUrl: string;
  api: OpenApi;
  rests: readonly DiscordJs.REST[];
  close(): void;
}

/** A request waits so long for its turn; for longer the whole channel pauses. */
const longestQueueMs = 5_000;

/** discord.js, which is loaded only where somebody has a token: it takes 30 MB. */
export async function loadDiscord(): Promise<DiscordModule> {
  const loaded = (await import('discord.js')) as DiscordModule & { default?: DiscordModule };
  return loaded.default ?? loaded;
}

/** Makes the REST clients; nothing is sent yet. `onLimited` hears of each wait, in milliseconds. */
export function createConnection(
  discord: DiscordModule,
  { token, apiUrl, onLimited }: { token: string; apiUrl: string; onLimited: (waitMs: number) => void },
): Connection {
  const api = apiUrl.replace(/\/+$/, '').replace(/\/v\d+$/, '');
  const restOf = (isSure: boolean): DiscordJs.REST => {
    const rest = new discord.REST({
      api,
      // What went wrong is for the outbox to decide: a blind repetition might say a thing twice.
      retries: 0,
      // Asked at each limit, whether Discord has just set it (429) or it is known beforehand.
      rejectOnRateLimit({ timeToReset, retryAfter }) {
        const waitMs = Math.max(timeToReset, retryAfter);
        if (isSure) onLimited(waitMs);
        return waitMs > (isSure ? longestQueueMs : 0);
      },
    }).setToken(token);
    // Without a listener an error would be thrown.
    (rest as unknown as NodeJS.EventEmitter).on('error', () => undefined);
    return rest;
  };
  const [sure, hasty] = [restOf(true), restOf(false)];
  return {
    discord,
    token,
    apiUrl: api,
    api: { sure: createDiscordApi(sure), hasty: createDiscordApi(hasty) },
    rests: [sure, hasty],
    close() {
      for (const rest of [sure, hasty]) {
        rest.clearHandlerSweeper();
        rest.clearHashSweeper();
      }
    },
  };
}
