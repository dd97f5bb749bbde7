import type { AgentName } from '../../src/lib/wire/agent-names.ts';
import type { AgentDirectory } from '../../src/tasks/agents/directory.ts';
import type { AgentResolution } from '../../src/tasks/agents/resolution.ts';

/** A directory in which every name, claude's by default, is found in the same way. */
export function agentDirectory(
  resolve: (name: AgentName) => Promise<AgentResolution>,
  preferred: AgentName = 'claude',
): AgentDirectory {
  const of = (name: AgentName) => ({
    current: () => undefined,
    resolve: () => resolve(name),
    reprobe: () => resolve(name),
  });
  return { ...of(preferred), names: () => ['claude', 'codex'], preferred: () => preferred, of };
}
