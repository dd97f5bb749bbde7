import { type ChannelDeps, createDiscordChannel } from './discord/channel.ts';
import type { Channel } from './outbox/channel.ts';

/** Needs of the channels: one line a channel. Undefined where that one is not set up. */
export interface ChannelSources {
  discord: ChannelDeps | undefined;
}

/** The ways out that are set up: one line a channel. Where there is none, replies are only listened for. */
export function createChannels({ discord }: ChannelSources): readonly Channel[] {
  return [...(discord === undefined ? [] : [createDiscordChannel(discord)])];
}
