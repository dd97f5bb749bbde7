import { messageOf } from '../lib/errors.ts';
import type { Account } from './account.ts';

/** Why a folder is not watched, as the states of its watcher name it. */
export interface Refusal {
  kind: 'away' | 'throttled' | 'unauthorised' | 'parked';
  /** One sentence for the owner. */
  reason: string;
}

/** What imapflow hangs on the errors that it raises. */
interface ImapFailure {
  code?: unknown;
  authenticationFailed?: unknown;
  serverResponseCode?: unknown;
  responseText?: unknown;
  response?: unknown;
  reason?: unknown;
  oauthError?: unknown;
}

type Place = Pick<Account, 'host' | 'port' | 'user' | 'secret'>;

const maxQuotedChars = 200;
const basicIsDisabled =
  /basic ?auth(?:entication)?[- ]?(?:is )?(?:disabled|blocked)|LogonDenied-BasicAuth|AUTHENTICATE.{0,40}disabled for/i;
const tooMany =
  /too many (?:simultaneous |concurrent |open )?(?:imap )?(?:connections|sessions)|maximum (?:number of|allowed) (?:simultaneous |concurrent )?(?:imap )?connections|connection limit|authenticated but not connected|max_userip_connections/i;
const throttled =
  /throttl|rate[- ]?limit|too many (?:failed )?(?:logins?|log-ins?|login attempts|auth\w*(?: \w+)?|requests|attempts|commands|invalid)|exceeded (?:the )?(?:command|bandwidth|rate|login)|bandwidth (?:limit|exceeded)|temporarily (?:blocked|suspended|rejected)|try (?:again )?later/i;
const wantsAppPassword = /application-specific password|app(?:-| )?password|web login required/i;
const unavailable =
  /temporary (?:authentication )?(?:failure|error)|internal (?:server )?error|service unavailable|system error/i;
const certificates =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH)/;

/** What a failed connection or command means. Quotes the server, and nothing that was sent to it. */
export function refusalOf(thrown: unknown, place: Place): Refusal {
  const failure = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as ImapFailure;
  const code = typeof failure.code === 'string' ? failure.code : '';
  const said = saidBy(thrown, failure);
  const responseCode = typeof failure.serverResponseCode === 'string' ? failure.serverResponseCode : '';
  return (
    byWords(said, code, responseCode, place) ??
    (failure.authenticationFailed === true ? wrongSecret(said, responseCode, place) : undefined) ??
    byCode(code, thrown, said, place)
  );
}

function byWords(said: string, code: string, responseCode: string, { host }: Place): Refusal | undefined {
  if (basicIsDisabled.test(said))
    return {
      kind: 'unauthorised',
      reason: `basic authentication is disabled: ${host} takes no password, nor an app password; set tokenCommand to a program that prints an XOAUTH2 token`,
    };
  if (tooMany.test(said))
    return {
      kind: 'throttled',
      reason: `too many connections: ${host} has more of this account open than it allows (${quoted(said)}); watch fewer folders, or end other programs`,
    };
  if (code === 'ETHROTTLE' || responseCode === 'LIMIT' || throttled.test(said))
    return { kind: 'throttled', reason: `throttled: ${host} asks for a pause (${quoted(said)})` };
  return undefined;
}

function wrongSecret(said: string, responseCode: string, { host, user, secret }: Place): Refusal {
  if (
    responseCode === 'UNAVAILABLE' ||
    responseCode === 'INUSE' ||
    responseCode === 'SERVERBUG' ||
    unavailable.test(said)
  )
    return { kind: 'away', reason: `${host} cannot check logins at the moment (${quoted(said)})` };
  if (
    /log-?in is disabled|no matching authentication|privacy required|PRIVACYREQUIRED/i.test(
      said + responseCode,
    )
  )
    return {
      kind: 'parked',
      reason: `${host} takes no login over a connection without TLS, or none by password (${quoted(said)})`,
    };
  const what = secret.kind === 'token' ? 'token' : 'password';
  const advice = wantsAppPassword.test(said) ? '; it wants a password made for this application' : '';
  return {
    kind: 'unauthorised',
    reason: `wrong ${what}: ${host} does not take the ${what} of ${user} (${quoted(said)})${advice}`,
  };
}

function byCode(code: string, thrown: unknown, said: string, { host, port }: Place): Refusal {
  const at = `${host}:${port}`;
  if (certificates.test(code))
    return {
      kind: 'parked',
      reason: `the certificate of ${at} is not to be trusted (${quoted(messageOf(thrown))})`,
    };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { kind: 'parked', reason: `no TLS is spoken at ${at}: look at the port and at tls` };
  if (/unsupported authentication mechanism/i.test(said))
    return {
      kind: 'parked',
      reason: `${at} offers no login of this kind: look at tokenCommand and password`,
    };
  if (/starttls/i.test(said))
    return { kind: 'parked', reason: `${at} offers no STARTTLS, and a password is not sent in the clear` };
  switch (code) {
    case 'NoFolder':
    case 'NOT_READ_ONLY':
      return { kind: 'parked', reason: messageOf(thrown) };
    case 'ECONNREFUSED':
      return { kind: 'away', reason: `nobody listens at ${at}` };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { kind: 'away', reason: `the name ${host} is not found: look at the network and at the name` };
    case 'CONNECT_TIMEOUT':
    case 'GREETING_TIMEOUT':
    case 'ETIMEOUT':
    case 'ETIMEDOUT':
      return { kind: 'away', reason: `${at} does not answer in time` };
    case 'NoConnection':
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ClosedAfterConnectText':
    case 'ClosedAfterConnectTLS':
      return { kind: 'away', reason: `${host} has closed the connection (${quoted(said)})` };
    default:
      return { kind: 'away', reason: `${at}: ${quoted(said)}` };
  }
}

function saidBy(thrown: unknown, { responseText, response, reason, oauthError }: ImapFailure): string {
  const texts = [responseText, response, reason, oauthErrorText(oauthError), messageOf(thrown)];
  return texts.filter((text): text is string => typeof text === 'string' && text !== '').join(' ');
}

function oauthErrorText(given: unknown): string | undefined {
  return typeof given === 'object' && given !== null ? JSON.stringify(given) : undefined;
}

function quoted(said: string): string {
  const plain = said.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return plain === '' ? 'it says nothing' : plain.slice(0, maxQuotedChars);
}
