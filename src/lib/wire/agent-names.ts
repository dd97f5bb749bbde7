/** CLIs that an adapter of their own drives. */
export const cliNames = ['claude', 'codex', 'gemini', 'opencode'] as const;
export type CliName = (typeof cliNames)[number];

/** What an owner may call an agent by: a CLI, or the program of `agent.command`. */
export const agentNames = [...cliNames, 'command'] as const;
export type AgentName = (typeof agentNames)[number];

/** What is said where another name was given. */
export const agentNameExpected = `expected ${agentNames.slice(0, -1).join(', ')} or ${agentNames.at(-1) ?? ''}`;

/** The agent of that name; undefined where there is none such. */
export function agentNamed(name: string | null | undefined): AgentName | undefined {
  return agentNames.find((known) => known === name);
}
