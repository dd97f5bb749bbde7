import { join } from 'node:path';
import { withRules } from '../../src/tasks/agents/kinds.ts';
import type { AgentSettings } from '../../src/tasks/run/agent-settings.ts';
import { type AgentRunOptions, startAgentRun as startRun } from '../helpers/agent-run.ts';
import type { AgentHome } from './agent-home.ts';
import { pinnedAgents } from './fetch-agents.ts';

export type { AgentRunOptions } from '../helpers/agent-run.ts';

/** All that the owner's own words may do by default. */
export const ownersSettings: AgentSettings = {
  permissionMode: 'acceptEdits',
  tools: 'default',
  allowedTools: ['Bash', 'WebFetch', 'WebSearch'],
};

/** One run of the real CLI of a home; see `startRun`. */
export function startAgentRun(
  { name, path, env, home }: AgentHome,
  prompt: string,
  options?: AgentRunOptions,
) {
  const agent = withRules({ kind: name, path, version: pinnedAgents[name].version });
  const place = { agent, env, cwd: join(home, 'work'), folder: join(home, 'files') };
  return startRun(place, prompt, { settings: ownersSettings, ...options });
}
