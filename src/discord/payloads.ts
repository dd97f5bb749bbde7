import { z } from 'zod';
import { isSnowflake } from './snowflake.ts';

const id = z.string().refine(isSnowflake);
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(undefined);

/** The types of messages that people write: plain, and as a reply to another one. */
export const writtenTypes: ReadonlySet<number> = new Set([0, 19]);
/** The type of a channel with one user. */
export const dmChannel = 1;

const user = z.object({
  id,
  username: maybe(z.string()),
  global_name: maybe(z.string()),
  bot: maybe(z.boolean()),
});

const attachment = z.object({
  id,
  filename: z.string().catch('file'),
  size: z.number().min(0).catch(0),
  url: z.string(),
  content_type: maybe(z.string()),
});
/** A file of a message, as Discord describes it. */
export type AttachmentPayload = z.output<typeof attachment>;

const quoted = z.object({ id, content: z.string().catch(''), author: maybe(user) });

/** A message as far as it is read; whatever else it has is passed over. */
export const messagePayload = z.object({
  id,
  channel_id: id,
  channel_type: maybe(z.number()),
  guild_id: maybe(z.string()),
  author: user,
  content: z.string().catch(''),
  type: z.number().catch(0),
  nonce: maybe(z.union([z.string(), z.number()])),
  webhook_id: maybe(z.string()),
  application_id: maybe(z.string()),
  interaction_metadata: z.unknown().optional(),
  interaction: z.unknown().optional(),
  edited_timestamp: maybe(z.string()),
  attachments: z
    .array(z.unknown())
    .catch([])
    .transform((given) => given.flatMap((each) => attachment.safeParse(each).data ?? [])),
  referenced_message: maybe(quoted),
});
export type MessagePayload = z.output<typeof messagePayload>;

/** An edit may say as little as the id, and a deletion says no more. */
export const editPayload = z.object({ id, channel_id: id, guild_id: maybe(z.string()) });

export const channelPayload = z.object({
  id,
  type: z.number(),
  recipients: z.array(z.object({ id })).catch([]),
});
export type ChannelPayload = z.output<typeof channelPayload>;

export const mePayload = z.object({ id, username: z.string().catch('?') });

export const gatewayPayload = z.object({
  url: z.string(),
  session_start_limit: z.object({
    total: z.number().catch(1_000),
    remaining: z.number(),
    reset_after: z.number().min(0).catch(0),
  }),
});
export type GatewayPayload = z.output<typeof gatewayPayload>;

/** A click on a button, or a command. In a DM the user stands in `user`. */
export const interactionPayload = z.object({
  id,
  application_id: id,
  type: z.number(),
  token: z.string().min(1),
  channel_id: maybe(id),
  guild_id: maybe(z.string()),
  user: maybe(user),
  message: maybe(z.object({ id })),
  data: maybe(
    z.object({
      custom_id: maybe(z.string()),
      name: maybe(z.string()),
      options: maybe(
        z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
      ),
    }),
  ),
});
export type InteractionPayload = z.output<typeof interactionPayload>;
export const interactionKinds = { command: 2, component: 3 } as const;

/** What discord.js emits as `raw`: the name of the event and its data. */
export const packet = z.object({ t: z.string(), d: z.unknown() });

export const sentPayload = z.object({ id });
export const messagesPayload = z
  .array(z.unknown())
  .transform((given) => given.flatMap((each) => messagePayload.safeParse(each).data ?? []));
