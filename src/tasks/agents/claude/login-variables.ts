import { ownValue } from '../../../lib/own-value.ts';

/**
 * The variables of the documentation of Claude Code by which it logs in, finds its provider and reaches it, and those by
 * which an owner limits what it sends.
 */
const names: ReadonlySet<string> = new Set([
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_REFRESH_TOKEN',
  'CLAUDE_CODE_OAUTH_SCOPES',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_MANTLE',
  'CLAUDE_CODE_USE_ANTHROPIC_AWS',
  'CLAUDE_CODE_SKIP_BEDROCK_AUTH',
  'CLAUDE_CODE_SKIP_VERTEX_AUTH',
  'CLAUDE_CODE_SKIP_FOUNDRY_AUTH',
  'CLAUDE_CODE_SKIP_MANTLE_AUTH',
  'CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH',
  'CLAUDE_CODE_API_KEY_HELPER_TTL_MS',
  'CLAUDE_CODE_CLIENT_CERT',
  'CLAUDE_CODE_CLIENT_KEY',
  'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE',
  'CLAUDE_CODE_CERT_STORE',
  'CLAUDE_CODE_PROXY_RESOLVES_HOSTS',
  'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
  'DISABLE_TELEMETRY',
  'DISABLE_ERROR_REPORTING',
  'DISABLE_FEEDBACK_COMMAND',
  'DISABLE_BUG_COMMAND',
  'DO_NOT_TRACK',
  'CLOUD_ML_REGION',
  'CLOUDSDK_CONFIG',
  'CLOUDSDK_ACTIVE_CONFIG_NAME',
  'GCLOUD_PROJECT',
  'ALL_PROXY',
  'all_proxy',
  'NODE_USE_SYSTEM_CA',
  'SSH_AUTH_SOCK',
]);

/** The provider's own variables, which its documentation adds to: keys, profiles, regions, models, base addresses. */
const prefixes = ['ANTHROPIC_', 'AWS_', 'GOOGLE_', 'AZURE_', 'VERTEX_REGION_'];

/** True for a variable by which the CLI logs in or finds its provider. */
export function isLoginVariable(name: string): boolean {
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** True for a variable that the CLI reads: by which it logs in, finds its provider, its files, or leaves itself as it is. */
export function isClaudeVariable(name: string): boolean {
  return isLoginVariable(name) || name === 'CLAUDE_CONFIG_DIR' || name === 'DISABLE_AUTOUPDATER';
}

/** True for a variable that a surrounding CLI sets: an agent that inherits it takes itself for a part of that one. */
export function isSessionMarker(name: string): boolean {
  return (
    ['CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_CODE_SSE_PORT'].includes(name) ||
    /^CLAUDE_CODE_(?:SESSION|PARENT|CHILD|REMOTE|CONTAINER|IDE_)/.test(name)
  );
}

/** How the environment says that the CLI logs in, for people; undefined where it says nothing. The names alone, no values. */
export function loginIn(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const has = (name: string): boolean => (ownValue(env, name) ?? '') !== '';
  const isOn = (name: string): boolean =>
    has(name) && !/^(?:0|false|no|off)$/i.test(ownValue(env, name) ?? '');
  const provider = providers.find(({ flag }) => isOn(flag));
  if (provider !== undefined) return `through ${provider.name} by ${provider.flag}`;
  const keys = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'].filter(has);
  return keys.length > 0 ? `by ${keys.join(' and ')}` : undefined;
}

const providers = [
  { flag: 'CLAUDE_CODE_USE_BEDROCK', name: 'Amazon Bedrock' },
  { flag: 'CLAUDE_CODE_USE_VERTEX', name: 'Google Vertex AI' },
  { flag: 'CLAUDE_CODE_USE_FOUNDRY', name: 'Microsoft Foundry' },
  { flag: 'CLAUDE_CODE_USE_MANTLE', name: 'Amazon Bedrock Mantle' },
  { flag: 'CLAUDE_CODE_USE_ANTHROPIC_AWS', name: 'Claude on AWS' },
];
