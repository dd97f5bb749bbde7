import { messageOf } from '../lib/errors.ts';
import { ChannelAwayError, ChannelBusyError, MessageRefusedError } from '../outbox/channel.ts';
import { UnreadableAnswerError } from './api.ts';

/** What a failed request says about Discord and this bot. `arrived`: whether the request may have had its effect. */
export type Refusal =
  | { kind: 'unauthorised'; reason: string }
  | { kind: 'refused'; code: number; reason: string }
  | { kind: 'busy'; retryAfterMs: number; isGlobal: boolean; reason: string }
  | { kind: 'away'; arrived: boolean; reason: string };

/** The codes that say something about the owner rather than about one request. */
const sentences: Readonly<Record<number, string>> = {
  50007:
    'Discord refuses DMs to you (50007): the bot and you share no server, your privacy settings take no DMs from its members, or you have blocked it',
  50001: 'the bot has no access to this channel (50001)',
  10003: 'the channel does not exist (10003)',
  10013: 'Discord knows no such user (10013)',
  40003: 'Discord lets the bot open no more DMs for a while (40003)',
};
/** Cannot have left this machine, or met nobody. */
const neverSent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT/;
const defaultRetryMs = 5_000;

/** Reads anything that discord.js's REST client has thrown. */
export function refusalOf(thrown: unknown): Refusal {
  const { status, code, rawError, timeToReset, retryAfter, global: isGlobal } = fieldsOf(thrown);
  if (typeof timeToReset === 'number' || typeof retryAfter === 'number') {
    const waits = [timeToReset, retryAfter].filter(
      (wait) => typeof wait === 'number' && Number.isFinite(wait),
    );
    const retryAfterMs = Math.max(0, ...(waits as number[])) || defaultRetryMs;
    return { kind: 'busy', retryAfterMs, isGlobal: isGlobal === true, reason: 'Discord asks for a pause' };
  }
  if (status === 401)
    return {
      kind: 'unauthorised',
      reason: 'Discord does not take the token (401): it was revoked, reset or mistyped',
    };
  if (typeof status === 'number' && status >= 400 && status < 500 && isApiError(rawError)) {
    const number = typeof code === 'number' ? code : status;
    return {
      kind: 'refused',
      code: number,
      reason: sentences[number] ?? `Discord refused it: ${messageOf(thrown)} (${number})`,
    };
  }
  if (thrown instanceof UnreadableAnswerError)
    return { kind: 'away', arrived: true, reason: messageOf(thrown) };
  if (typeof status === 'number')
    return { kind: 'away', arrived: status >= 500, reason: `Discord answers with ${status}` };
  if (/^Expected token to be set/.test(messageOf(thrown)))
    return { kind: 'unauthorised', reason: 'Discord does not take the token any more (401)' };
  const words = wordsOf(thrown);
  return {
    kind: 'away',
    arrived: !neverSent.test(words),
    reason: `Discord cannot be reached: ${shortened(words)}`,
  };
}

/** The refusal as the outbox wants to hear it; `answer` is what the next attempt needs to know. */
export function channelErrorOf(thrown: unknown, answer: unknown): Error {
  const refusal = refusalOf(thrown);
  const options = { cause: thrown, answer };
  switch (refusal.kind) {
    case 'refused':
      return new MessageRefusedError(refusal.reason, { cause: thrown });
    case 'busy':
      return new ChannelBusyError(refusal.reason, { ...options, retryAfterMs: refusal.retryAfterMs });
    case 'unauthorised':
      return new ChannelAwayError(refusal.reason, { ...options, mayHaveArrived: false });
    case 'away':
      return new ChannelAwayError(refusal.reason, { ...options, mayHaveArrived: refusal.arrived });
  }
}

/** A 4xx of a proxy in front of Discord has no code of Discord's. */
function isApiError(rawError: unknown): boolean {
  return typeof rawError === 'object' && rawError !== null && ('code' in rawError || 'message' in rawError);
}

function wordsOf(thrown: unknown): string {
  const { code, cause } = fieldsOf(thrown);
  const inner = cause === undefined || cause === thrown ? '' : `: ${wordsOf(cause)}`;
  return `${messageOf(thrown)}${typeof code === 'string' ? ` (${code})` : ''}${inner}`;
}

function shortened(words: string): string {
  return words.replace(/\s+/g, ' ').slice(0, 200);
}

function fieldsOf(thrown: unknown): Partial<Record<string, unknown>> {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}
