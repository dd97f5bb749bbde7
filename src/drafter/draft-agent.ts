import type { AgentName } from '../lib/wire/agent-names.ts';
import { type AgentDirectory, isThere } from '../tasks/agents/directory.ts';
import { kindOf, type RunnableAgent, withRules } from '../tasks/agents/kinds.ts';
import type { Blocked } from './sandbox/blocked.ts';

/** An agent that drafts, by its name. */
export interface DraftAgent {
  name: AgentName;
  agent: RunnableAgent;
}

/**
 * The agent that drafts: the default one, or claude where that one could not be held to the sandbox, which has no key in it. Nobody
 * else stands in. Resolves to what is in the way where there is none.
 */
export async function agentForDrafts(
  agents: Pick<AgentDirectory, 'preferred' | 'of'>,
): Promise<DraftAgent | Blocked> {
  const why: string[] = [];
  for (const name of new Set<AgentName>([agents.preferred(), 'claude'])) {
    const found = await agents.of(name).resolve();
    if (!isThere(found)) {
      why.push(found.reason);
      continue;
    }
    const { title, whyNoDrafts } = kindOf(found);
    if (whyNoDrafts === undefined) return { name, agent: withRules(found) };
    why.push(`${title} makes no drafts: ${whyNoDrafts}`);
  }
  return {
    reason: `there is no agent to draft with: ${why.join('; ')}`,
    fix: 'install claude, or name an agent with agent.path (ninjad doctor says more)',
  };
}
