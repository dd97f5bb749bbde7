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

const byName: Readonly<Record<string, RefusalKind>> = {
  authentication_failed: 'not-logged-in',
  oauth_org_not_allowed: 'not-logged-in',
  billing_error: 'out-of-credit',
  rate_limit: 'rate-limited',
  overloaded: 'overloaded',
  server_error: 'overloaded',
  invalid_request: 'invalid-request',
  model_not_found: 'invalid-request',
};

const bySubtype: Readonly<Record<string, RefusalKind>> = {
  error_max_turns: 'max-turns',
  error_max_budget_usd: 'over-budget',
};

/** Sorts a result that is an error. The CLI's own word comes first, then the HTTP status, then its kind of result. */
export function refusalOf({ result, apiError, resetsAt }: RefusalEvidence): Refusal {
  const kind =
    bySubtype[result.subtype] ??
    byName[apiError?.name ?? ''] ??
    byStatus(result.apiStatus ?? apiError?.status) ??
    (result.deniedTools.length > 0 ? 'permission-denied' : 'agent-error');
  return { kind, ...(kind === 'rate-limited' && resetsAt !== undefined && { resetsAt }) };
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
