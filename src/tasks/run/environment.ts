import type { EnvironmentMarker } from '../../lib/process/marker.ts';
import { isSessionMarker } from '../agents/claude/login-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const allowedNames = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'ALL_PROXY',
  'all_proxy',
  'NODE_USE_SYSTEM_CA',
  'SSH_AUTH_SOCK',
  'DO_NOT_TRACK',
]);

const allowedPrefixes = ['LC_', 'XDG_'];

/** Variables that reach an agent besides those that reach each. */
export interface OwnVariables {
  /** True for those by which it logs in, finds its service or is configured. */
  isOwnVariable: (name: string) => boolean;
  /** Names of the owner's. Default: none. */
  more?: readonly string[];
}

/**
 * The environment of an agent: what the allow-list names of the daemon's own, the CLI's own variables,
 * what the owner names besides, and the task's marker. Everything else stays out, above all the daemon's secrets
 * (DATABASE_URL, DISCORD_TOKEN, IMAP_URL), and always the markers of a session, which would make the CLI believe that it
 * runs inside another one.
 */
export function agentEnvironment(
  own: Environment,
  marker: EnvironmentMarker,
  { isOwnVariable, more = [] }: OwnVariables,
): Record<string, string> {
  const passed = Object.entries(own).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (isAllowed(entry[0]) || isOwnVariable(entry[0]) || more.includes(entry[0])) &&
      !isSessionMarker(entry[0]),
  );
  return { ...Object.fromEntries(passed), [marker.name]: marker.value };
}

function isAllowed(name: string): boolean {
  return allowedNames.has(name) || allowedPrefixes.some((prefix) => name.startsWith(prefix));
}
