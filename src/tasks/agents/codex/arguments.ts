import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenVariable } from '../../mcp/run-config.ts';
import type { AgentSettings } from '../../run/agent-settings.ts';
import type { CommandLine, Turn } from '../agent-kind.ts';
import { grantedTools } from '../granted-tools.ts';
import { type McpServer, readMcpServers } from '../mcp-servers.ts';

/** Parts of the CLI that act, ask or call home by themselves; none is a tool that permissions name. */
const unwanted = [
  'apps',
  'plugins',
  'goals',
  'multi_agent',
  'browser_use',
  'browser_use_external',
  'computer_use',
  'image_generation',
  'tool_suggest',
];
/** By which it runs commands. */
const shells = ['shell_tool', 'unified_exec'];

/** Keys that its tools have no use for: they get the rest of the environment, the task's mark among it. */
const keysOfItsOwn = ['OPENAI_API_KEY', 'CODEX_API_KEY', 'CODEX_ACCESS_TOKEN', tokenVariable];

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The command line of `codex exec --json` with the prompt on standard input. It knows no rules for parts of a tool: the shell
 * is there where all of it is granted, and then like claude's without a sandbox, else not at all.
 */
export function codexCommandLine(
  { path }: { path: string },
  { session, settings, cwd, env }: Turn,
): CommandLine {
  const servers = serverOptions(settings.mcpConfig, ownersServers(codexHome(env)));
  const options = [
    ...['--json', '--skip-git-repo-check', '--color', 'never', '-C', cwd],
    ...(settings.model === undefined ? [] : ['-m', settings.model]),
    ...permissionOptions(settings),
    ...unwanted.flatMap((feature) => ['--disable', feature]),
    ...config('check_for_update_on_startup', false),
    ...config('shell_environment_policy.inherit', 'all'),
    ...config('shell_environment_policy.exclude', keysOfItsOwn),
    ...servers.options,
  ];
  return { command: path, args: ['exec', ...options, ...sessionWords(session), '-'], env: servers.env };
}

/** Where the CLI keeps its login, settings and sessions. */
export function codexHome(
  env: Readonly<Record<string, string | undefined>>,
  home = env['HOME'] ?? '',
): string {
  return env['CODEX_HOME'] ?? join(home, '.codex');
}

/** A name that is no UUID would begin a new thread without a word, so it is none to go on with. */
function sessionWords(session: Turn['session']): string[] {
  if ('create' in session) return [];
  const id = 'fork' in session ? session.fork : session.resume;
  if (!uuid.test(id)) return [];
  return ['fork' in session ? 'fork' : 'resume', id];
}

function permissionOptions(settings: AgentSettings): string[] {
  const granted = grantedTools(settings);
  const mayRun = granted.has('Bash') && settings.permissionMode !== 'plan';
  const mayEdit = granted.has('Edit') && granted.has('Write');
  const sandbox = mayRun ? 'danger-full-access' : mayEdit ? 'workspace-write' : 'read-only';
  return [
    ...['-s', sandbox],
    ...config('approval_policy', 'never'),
    ...config('web_search', granted.has('WebSearch') ? 'live' : 'disabled'),
    ...(mayRun ? [] : shells.flatMap((feature) => ['--disable', feature])),
    ...(granted.has('Read') ? [] : ['--disable', 'view_image']),
  ];
}

interface ServerOptions {
  options: string[];
  env: Record<string, string>;
}

/** Our server, and none of the owner's: they are for the owner's own words in a terminal. Its token is in no argument. */
function serverOptions(mcpConfig: string | undefined, owners: readonly string[]): ServerOptions {
  const off = owners.flatMap((name) => config(`mcp_servers.${name}.enabled`, false));
  if (mcpConfig === undefined) return { options: off, env: {} };
  const env: Record<string, string> = {};
  const options = Object.entries(readMcpServers(mcpConfig)).flatMap(([name, server]) => {
    const of = (key: string, value: unknown) => config(`mcp_servers.${name}.${key}`, value);
    return [
      ...startOf(server, env, of),
      ...of('default_tools_approval_mode', 'approve'),
      ...of('enabled', true),
      ...of('required', false),
    ];
  });
  return { options: [...off, ...options], env };
}

function startOf(
  server: McpServer,
  env: Record<string, string>,
  of: (key: string, value: unknown) => string[],
): string[] {
  if ('url' in server) {
    const token = server.headers['Authorization']?.replace(/^Bearer /i, '') ?? '';
    env[tokenVariable] = token;
    return [...of('url', server.url), ...of('bearer_token_env_var', tokenVariable)];
  }
  const { [tokenVariable]: token = '', ...open } = server.env;
  env[tokenVariable] = token;
  return [
    ...of('command', server.command),
    ...of('args', server.args),
    ...of('env', open),
    ...of('env_vars', [tokenVariable]),
  ];
}

/** Names of the MCP servers in the owner's own settings, as the file writes them. */
function ownersServers(home: string): string[] {
  let text: string;
  try {
    text = readFileSync(join(home, 'config.toml'), 'utf8');
  } catch {
    return [];
  }
  const names = [...text.matchAll(/^\s*\[*\s*mcp_servers\s*\.\s*([\w-]+|"[^"\n]+")/gm)].map(
    ([, name = '']) => name,
  );
  return [...new Set(names)];
}

function config(key: string, value: unknown): string[] {
  return ['-c', `${key}=${toml(value)}`];
}

/** A value as TOML writes it, which for texts is as JSON does. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, text]) => `${JSON.stringify(key)} = ${toml(text)}`);
  return `{ ${pairs.join(', ')} }`;
}
