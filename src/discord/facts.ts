/** What observers hear of Discord. */
export type DiscordFacts = {
  /** The connection is in another state, or in the same for another reason. */
  'discord.state': { state: string; reason: string | null };
};
