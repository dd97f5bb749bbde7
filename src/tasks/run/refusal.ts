import { resetTimeIn } from './reset-time.ts';
import type { AgentResult, ApiError } from './stream-event.ts';

/** A failure that the agent itself reported, by what its result and the service's refusal say. */
export type RefusalKind =
  | 'not-logged-in'
  | 'out-of-credit'
  | 'rate-limited'
  | 'overloaded'
  | 'invalid-request'
  | 'permission-denied'
  | 'max-turns'
  | 'over-budget'
  | 'agent-error';

/** What a refusal came to. */
export interface Refusal {
  kind: RefusalKind;
  /** When the service takes requests again, in milliseconds since the epoch, where it said so. */
  resetsAt?: number;
}

/** What of a run says why it was refused. */
export interface RefusalEvidence {
  result: AgentResult;
  apiError: ApiError | undefined;
  /** The reset time of the last limit that was hit. */
  resetsAt: number | undefined;
}

const byName: ReadonlyMap<string, RefusalKind> = new Map([
  ['authentication_failed', 'not-logged-in'],
  ['oauth_org_not_allowed', 'not-logged-in'],
  ['billing_error', 'out-of-credit'],
  ['rate_limit', 'rate-limited'],
  ['overloaded', 'overloaded'],
  ['server_error', 'overloaded'],
  ['invalid_request', 'invalid-request'],
  ['model_not_found', 'invalid-request'],
]);

const bySubtype: ReadonlyMap<string, RefusalKind> = new Map([
  ['error_max_turns', 'max-turns'],
  ['error_max_budget_usd', 'over-budget'],
]);

/**
 * Sorts a result that is an error. A bound of ours comes first, then the CLI's own word, the HTTP status, and what is said:
 * limits and empty accounts are told under the status of an invalid request too. The time of a reset may stand in words.
 */
export function refusalOf({ result, apiError, resetsAt }: RefusalEvidence, now = Date.now()): Refusal {
  const said = [result.text, ...result.errors].join('\n');
  const kind =
    bySubtype.get(result.subtype) ??
    kindAsSaid(byName.get(apiError?.name ?? '') ?? byStatus(result.apiStatus ?? apiError?.status), said) ??
    (result.deniedTools.length > 0 ? 'permission-denied' : 'agent-error');
  return { kind, ...resetOf(kind, resetsAt ?? resetTimeIn(said, now)) };
}

/** The refusal that bare words tell of, such as those on standard error; undefined where they tell of none. */
export function refusalInWords(said: string, now = Date.now()): Refusal | undefined {
  const kind = kindAsSaid(undefined, said);
  return kind === undefined ? undefined : { kind, ...resetOf(kind, resetTimeIn(said, now)) };
}

/** True for a reply that is nothing but the CLI's word of a limit, which some versions give as a success. */
export function isLimitReply(reply: string): boolean {
  const [text = '', ...more] = reply.trim().split('\n');
  // Its own commands may stand below, such as /upgrade.
  if (more.some((line) => !/^\s*(?:\/|$)/.test(line))) return false;
  return text.length <= maxLimitReplyChars && limitReply.test(text);
}

/** True for a reply that is nothing but the CLI's word of a refused request, which some versions give as a success. */
export function isErrorReply(reply: string): boolean {
  const text = reply.trim();
  return text.length <= maxErrorReplyChars && /^(?:prompt is too long\W*$|api error: [45]\d\d\b)/i.test(text);
}

/** A failure of which the session may be the cause: another would be refused as well where the model is unknown. */
export function isSessionsFault({ kind }: Refusal, { result, apiError }: RefusalEvidence): boolean {
  if (kind !== 'invalid-request' || apiError?.name === 'model_not_found') return false;
  return (result.apiStatus ?? apiError?.status) !== 404;
}

function resetOf(kind: RefusalKind, resetsAt: number | undefined): { resetsAt?: number } {
  return kind === 'rate-limited' && resetsAt !== undefined ? { resetsAt } : {};
}

const maxLimitReplyChars = 200;
const maxErrorReplyChars = 2_000;
const limitReply =
  /^(?:claude (?:ai )?usage limit reached|you.ve (?:hit|reached) your [\w -]*limit|(?:[\w-]+ )?(?:5-hour|weekly|session|daily|usage) limit reached|you.re out of (?:extra )?usage)\b.*(?:\|\d{10}|\bresets? )/i;

const tooLong =
  /(?:prompt|input|context|conversation|request|message|payload|image|file)\b[^.\n]{0,40}\btoo (?:long|large|big|many tokens)|exceed[^.\n]{0,40}\b(?:context|tokens?\b|maximum length)|(?:context|token) (?:length|window|limit)|maximum context|request_too_large|request entity too large/i;
const malformed =
  /invalid_request|invalid request|bad request|\bmessages\.\d+[.:]|^(?:400|413|422) (?:\{|invalid|messages)|(?:error|status|code|http)\b[^\w\n]{0,5}(?:\d\.\d )?(?:400|413|422)\b/im;
const atLimit =
  /(?:usage|rate|session|weekly|daily|monthly|hourly|5-hour|opus|sonnet|plan|request)s?[ _-]limits?\b[^.\n]{0,30}(?:reached|exceeded|hit|error)|(?:reached|hit|exceeded) (?:your|the|its)\b[^.\n]{0,40}\blimits?\b|rate[ _-]?limit(?:ed|_error)\b|too many requests|out of (?:extra )?usage|regain access/i;
const noCredit = /credit balance is too low|insufficient (?:credit|funds|quota)|billing_error/i;

function kindAsSaid(known: RefusalKind | undefined, said: string): RefusalKind | undefined {
  if (known !== undefined && known !== 'invalid-request') return known;
  if (tooLong.test(said)) return 'invalid-request';
  if (noCredit.test(said)) return 'out-of-credit';
  if (atLimit.test(said)) return 'rate-limited';
  return known ?? (malformed.test(said) ? 'invalid-request' : undefined);
}

function byStatus(status: number | undefined): RefusalKind | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return 'not-logged-in';
  if (status === 402) return 'out-of-credit';
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'overloaded';
  return status >= 400 ? 'invalid-request' : undefined;
}

/** What happened, in a sentence without its full stop; `said` is the agent's own words. */
export function refusalSentence({ kind, resetsAt }: Refusal, said: string): string {
  return `${happened[kind]}${resetsAt === undefined ? '' : ` until ${new Date(resetsAt).toISOString()}`}: ${said}`;
}

const happened: Readonly<Record<RefusalKind, string>> = {
  'not-logged-in': 'the agent is not logged in',
  'out-of-credit': "the agent's account has no credit",
  'rate-limited': "the agent's plan is at its rate limit",
  overloaded: 'the service behind the agent is overloaded or failing',
  'invalid-request': 'the service refused the request',
  'permission-denied': 'the agent was not allowed what it needed',
  'max-turns': 'the agent reached the most turns it may take',
  'over-budget': 'the agent reached the most that this run may cost',
  'agent-error': 'the agent reported an error',
};

/** What a task says that waits for money: when there is some again, and how it could go on before. */
export function waitsForMoney(returnsAt: Date): string {
  return (
    'the agent reached the most that this run may cost under the spending cap; ' +
    `it goes on when there is money again, at ${returnsAt.toISOString()}, or at once when the cap is raised`
  );
}
