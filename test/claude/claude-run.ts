import { join } from 'node:path';
import { claudeAt } from '../helpers/agent-fixtures.ts';
import { type AgentRunOptions, startAgentRun } from '../helpers/agent-run.ts';
import type { ClaudeHome } from './claude-home.ts';
import { claudeVersion } from './fetch-claude.ts';

export type { AgentRunOptions as ClaudeRunOptions } from '../helpers/agent-run.ts';

/** One run of the real CLI of a home; see `startAgentRun`. */
export function startClaudeRun({ path, env, home }: ClaudeHome, prompt: string, options?: AgentRunOptions) {
  const place = {
    agent: claudeAt(path, claudeVersion),
    env,
    cwd: join(home, 'work'),
    folder: '/nonexistent',
  };
  return startAgentRun(place, prompt, options);
}
