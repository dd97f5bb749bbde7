import type { AgentSettings } from '../../run/agent-settings.ts';
import { grantedTools, type GrantableTool } from '../granted-tools.ts';

const names: Readonly<Record<GrantableTool, readonly string[]>> = {
  Read: ['read_file', 'read_many_files'],
  Glob: ['glob', 'list_directory'],
  Grep: ['grep_search'],
  Edit: ['replace'],
  Write: ['write_file'],
  Bash: ['run_shell_command'],
  WebFetch: ['web_fetch'],
  WebSearch: ['google_web_search'],
};

/** The built-in tools of a run, by the CLI's names. */
export function geminiTools(settings: AgentSettings): string[] {
  return [...grantedTools(settings)].flatMap((tool) => names[tool]);
}

/**
 * A policy in TOML for one run: each tool is hidden that is not named. The mode of approval is `default`, in which the CLI
 * shows only tools that read should it not take the policy.
 */
export function geminiPolicy(settings: AgentSettings, servers: readonly string[]): string {
  const tools = geminiTools(settings);
  const rules = [
    ['toolName = "*"', 'decision = "deny"', 'priority = 1'],
    ...(tools.length === 0
      ? []
      : [
          [
            `toolName = ${JSON.stringify(tools)}`,
            'decision = "allow"',
            'priority = 900',
            'allowRedirection = true',
          ],
        ]),
    ...servers.map((name) => [
      'toolName = "*"',
      `mcpName = ${JSON.stringify(name)}`,
      'decision = "allow"',
      'priority = 900',
    ]),
  ];
  return rules.map((lines) => ['[[rule]]', ...lines, ''].join('\n')).join('\n');
}
