import { z } from 'zod';
import { type Kind, orNull, setting, webUrl, wholeNumber } from '../lib/config/setting.ts';

const tokenSchema = z.union([
  // Text that means something as JSON is not a token.
  z
    .string()
    .min(1)
    .max(500)
    .regex(/^(?!null$|\{)/),
  z.strictObject({ file: z.string().min(1).max(4_096) }),
  z.strictObject({ command: z.array(z.string().min(1).max(10_000)).min(1).max(100).readonly() }),
]);

/** Where the token stands: itself, in a file, or in what a program prints. */
export type TokenSource = z.output<typeof tokenSchema>;

const tokenSource: Kind<typeof tokenSchema> = {
  schema: tokenSchema,
  expects: 'the token of a bot, {"file": "/absolute/path"} or {"command": ["program", "argument"]}',
};

const snowflake: Kind<z.ZodString> = {
  schema: z.string().regex(/^[1-9]\d{14,19}$/),
  expects: 'an id of 15 to 20 digits in quotes, as Discord copies it',
};

/** Settings of Discord. */
export const discordSettings = {
  'discord.token': setting(orNull(tokenSource), null, {
    description:
      'Token of your bot, which lets you talk to ninjad by DM: itself, `{"file": "/path"}`, or `{"command": ["pass", "discord"]}`; null leaves Discord out.',
    env: 'DISCORD_TOKEN',
    hot: false,
    secret: true,
  }),
  'discord.ownerId': setting(orNull(snowflake), null, {
    description:
      'Your own user id, the only one whose DMs are read; null lets you pair by a code (`ninjad discord pair`).',
    env: 'DISCORD_OWNER_ID',
    hot: false,
  }),
  'discord.apiUrl': setting(webUrl, 'https://discord.com/api', {
    description: 'Base address of the REST API of Discord; the gateway is where its `/gateway/bot` says.',
    env: 'DISCORD_API_URL',
    hot: false,
  }),
  'discord.botId': setting(orNull(snowflake), null, {
    description: 'The user id that the bot must have; null takes whatever bot the token is of.',
    hot: false,
  }),
  'discord.attachmentMaxMb': setting(wholeNumber(0, 500, 'megabytes'), 25, {
    description: 'Largest attachment of a DM that is fetched; of a larger one the agent gets the name only.',
    hot: true,
  }),
};
