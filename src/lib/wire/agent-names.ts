/** CLIs that an adapter of their own drives. */
export const cliNames = ['claude', 'codex', 'gemini', 'opencode'] as const;
export type CliName = (typeof cliNames)[number];

/** What an owner may call an agent by: a CLI, or the program of `agent.command`. */
export const agentNames = [...cliNames, 'command'] as const;
export type AgentName = (typeof agentNames)[number];

/** The agent of that name; undefined where there is none such. */
export function agentNamed(name: string | null | undefined): AgentName | undefined {
  return agentNames.find((known) => known === name);
}
