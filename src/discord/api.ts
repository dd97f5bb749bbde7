import type { z } from 'zod';
import { NinjadError } from '../lib/errors.ts';
import {
  type ChannelPayload,
  channelPayload,
  type GatewayPayload,
  gatewayPayload,
  mePayload,
  type MessagePayload,
  messagePayload,
  messagesPayload,
  sentPayload,
} from './payloads.ts';

/** discord.js's REST client as far as it is used. */
export interface RestLike {
  get(route: `/${string}`, options?: RestOptions): Promise<unknown>;
  post(route: `/${string}`, options?: RestOptions): Promise<unknown>;
  put(route: `/${string}`, options?: RestOptions): Promise<unknown>;
  patch(route: `/${string}`, options?: RestOptions): Promise<unknown>;
}

export interface RestOptions {
  body?: unknown;
  query?: URLSearchParams;
  files?: { name: string; data: Buffer; contentType?: string }[];
  auth?: boolean;
  signal?: AbortSignal;
}

/** A message to be made or changed. */
export interface MessageBody {
  content: string;
  components?: readonly unknown[];
  /** Names the message: Discord makes one of a nonce within some minutes. */
  nonce?: string;
  /** The id of the message that it answers; one that is gone is left out. */
  answers?: string | undefined;
  file?: { name: string; text: string };
}

/** Discord answered with success and with something that nobody can read, such as a page of HTML. */
export class UnreadableAnswerError extends NinjadError {
  constructor(what: string, options?: ErrorOptions) {
    super('DISCORD_UNREADABLE', `Discord answered ${what} with something that is not its API's`, options);
  }
}

/** The requests that ninjad makes. Each rejects with what discord.js throws, or with `UnreadableAnswerError`. */
export interface DiscordApi {
  me(): Promise<{ id: string; username: string }>;
  gateway(): Promise<GatewayPayload>;
  openDm(userId: string): Promise<ChannelPayload>;
  channel(channelId: string): Promise<ChannelPayload>;
  /** Oldest first. */
  messages(
    channelId: string,
    where: { after?: string; before?: string; limit: number },
  ): Promise<MessagePayload[]>;
  message(channelId: string, messageId: string): Promise<MessagePayload>;
  send(channelId: string, body: MessageBody, signal?: AbortSignal): Promise<{ id: string }>;
  edit(channelId: string, messageId: string, body: MessageBody, signal?: AbortSignal): Promise<void>;
  react(channelId: string, messageId: string, emoji: string): Promise<void>;
  typing(channelId: string): Promise<void>;
  answerInteraction(interaction: { id: string; token: string }, answer: unknown): Promise<void>;
  registerCommands(applicationId: string, commands: readonly unknown[]): Promise<void>;
}

/** See `DiscordApi`. */
export function createDiscordApi(rest: RestLike): DiscordApi {
  const at = (channelId: string, messageId?: string): `/${string}` =>
    `/channels/${channelId}/messages${messageId === undefined ? '' : `/${messageId}`}`;
  return {
    me: async () => read(mePayload, await rest.get('/users/@me'), 'who the bot is'),
    gateway: async () => read(gatewayPayload, await rest.get('/gateway/bot'), 'where the gateway is'),
    openDm: async (userId) =>
      read(
        channelPayload,
        await rest.post('/users/@me/channels', { body: { recipient_id: userId } }),
        'for a DM',
      ),
    channel: async (channelId) =>
      read(channelPayload, await rest.get(`/channels/${channelId}`), 'for a channel'),
    async messages(channelId, { limit, ...where }) {
      const query = new URLSearchParams({ ...where, limit: String(limit) });
      const found = read(messagesPayload, await rest.get(at(channelId), { query }), 'for messages');
      return found.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    },
    message: async (channelId, messageId) =>
      read(messagePayload, await rest.get(at(channelId, messageId)), 'for a message'),
    send: async (channelId, body, signal) =>
      read(sentPayload, await rest.post(at(channelId), optionsOf(body, signal)), 'a message'),
    async edit(channelId, messageId, body, signal) {
      read(sentPayload, await rest.patch(at(channelId, messageId), optionsOf(body, signal)), 'an edit');
    },
    async react(channelId, messageId, emoji) {
      await rest.put(`${at(channelId, messageId)}/reactions/${encodeURIComponent(emoji)}/@me`);
    },
    async typing(channelId) {
      await rest.post(`/channels/${channelId}/typing`);
    },
    async answerInteraction({ id, token }, answer) {
      await rest.post(`/interactions/${id}/${token}/callback`, { body: answer, auth: false });
    },
    async registerCommands(applicationId, commands) {
      await rest.put(`/applications/${applicationId}/commands`, { body: commands });
    },
  };
}

function optionsOf(
  { content, components, nonce, answers, file }: MessageBody,
  signal?: AbortSignal,
): RestOptions {
  const body = {
    content,
    ...(components !== undefined && { components }),
    // What an agent writes must not ring anybody.
    allowed_mentions: { parse: [] },
    ...(nonce !== undefined && { nonce, enforce_nonce: true }),
    ...(answers !== undefined && { message_reference: { message_id: answers, fail_if_not_exists: false } }),
    ...(file !== undefined && { attachments: [{ id: 0, filename: file.name }] }),
  };
  return {
    body,
    ...(file !== undefined && {
      files: [{ name: file.name, data: Buffer.from(file.text), contentType: 'text/markdown' }],
    }),
    ...(signal !== undefined && { signal }),
  };
}

function read<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new UnreadableAnswerError(what, { cause: parsed.error });
  return parsed.data;
}
