import type { AgentSettings } from '../../run/agent-settings.ts';
import { grantedTools } from '../granted-tools.ts';
import type { McpServer } from '../mcp-servers.ts';

/** A permission of opencode; what is denied is not shown to the model. */
type Decision = 'allow' | 'deny';

/**
 * The permissions of one run. All is denied that is not named, the tools of other servers and the questions to a person among
 * it, since a question that nobody answers would end the turn without a word.
 */
export function opencodePermissions(
  settings: AgentSettings,
  mcpServers: readonly string[],
): Record<string, Decision> {
  const granted = grantedTools(settings);
  const isEditing = granted.has('Edit') && granted.has('Write');
  const allowed: readonly (readonly [string, boolean])[] = [
    ['read', granted.has('Read')],
    ['glob', granted.has('Glob')],
    ['list', granted.has('Glob')],
    ['grep', granted.has('Grep')],
    ['edit', isEditing],
    ['bash', granted.has('Bash')],
    // A shell reaches them all the same.
    ['external_directory', granted.has('Bash')],
    ['webfetch', granted.has('WebFetch')],
    ['websearch', granted.has('WebSearch')],
    ['todowrite', isEditing],
    ...mcpServers.map((name) => [`${name}_*`, true] as const),
  ];
  // The last pattern that matches decides.
  return {
    '*': 'deny',
    ...Object.fromEntries(allowed.filter(([, isAllowed]) => isAllowed).map(([name]) => [name, 'allow'])),
  };
}

/** A server as its configuration says it. `secret` keeps a value out of the environment, which each tool inherits. */
export function opencodeServer(server: McpServer, secret: (value: string) => string): object {
  const hidden = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, secret(value)]));
  if ('url' in server) return { type: 'remote', url: server.url, headers: hidden(server.headers) };
  const command = [server.command, ...server.args];
  return { type: 'local', command, environment: hidden(server.env) };
}
