import { isLoginVariable } from '../../tasks/agents/claude/login-variables.ts';
import type { ApiPlace } from './hosts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How a draft's agent is logged in. */
export interface DraftLogin {
  /** What the agent is told: a stand-in for the key, which it never sees; or, for other providers, their own variables. */
  inside: Record<string, string>;
  /** What the proxy puts in place of the stand-in. */
  headers: Record<string, string>;
}

const standIn = 'sk-ant-stand-in-the-proxy-adds-the-key';
/** The owner's wishes about what is sent, which hold for drafts too. */
const wishes =
  /^(?:CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC|DISABLE_|DO_NOT_TRACK|ANTHROPIC_(?:MODEL|DEFAULT_|SMALL_FAST_MODEL|BETAS))/;

/**
 * The login for a sandbox, by the environment and a token of the drafter's own. Never the credentials file: its refresh tokens
 * are good once, and a copy would log the owner out.
 */
export function draftLogin(env: Environment, { base }: ApiPlace, token: string | null): DraftLogin {
  if (base === null) return { inside: pick(env, isLoginVariable), headers: {} };
  const inside = {
    ...pick(env, (name) => wishes.test(name)),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    NINJAD_API: 'proxied',
  };
  const oauth = token ?? valueOf(env, 'CLAUDE_CODE_OAUTH_TOKEN');
  const bearer = valueOf(env, 'ANTHROPIC_AUTH_TOKEN');
  const key = valueOf(env, 'ANTHROPIC_API_KEY');
  if (token === null && bearer !== undefined)
    return {
      inside: { ...inside, ANTHROPIC_AUTH_TOKEN: standIn },
      headers: { authorization: `Bearer ${bearer}` },
    };
  if (token === null && key !== undefined)
    return { inside: { ...inside, ANTHROPIC_API_KEY: standIn }, headers: { 'x-api-key': key } };
  if (oauth !== undefined)
    return {
      inside: { ...inside, CLAUDE_CODE_OAUTH_TOKEN: standIn },
      headers: { authorization: `Bearer ${oauth}` },
    };
  return { inside, headers: {} };
}

function pick(env: Environment, wanted: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => wanted(name) && name !== 'SSH_AUTH_SOCK'));
}

function valueOf(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === '' ? undefined : value;
}
