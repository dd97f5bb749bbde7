/** What the owner may choose about a run; what is left out is the CLI's own default. */
export interface AgentSettings {
  permissionMode?: 'acceptEdits' | 'auto' | 'bypassPermissions' | 'dontAsk' | 'plan' | 'default';
  model?: string;
  /** The CLI's own cap on this one run, in US dollars. */
  maxBudgetUsd?: number;
  /** How often the model may answer in this one run. */
  maxTurns?: number;
  /** The built-in tools that exist for the run; an empty list leaves none. */
  tools?: 'default' | readonly string[];
  /** Permission rules such as `Bash(git status:*)` that need no question. */
  allowedTools?: readonly string[];
  /** Rules that are refused whatever else allows them, besides the tools that hang without a person. */
  disallowedTools?: readonly string[];
  /** Path of a file with the MCP servers of the run; no other server is started then. */
  mcpConfig?: string;
}

/** A conversation goes on in the session it had, or in a copy of another's; everything else begins one, under a new UUID. */
export type AgentSession = { resume: string } | { fork: string } | { create: string };
