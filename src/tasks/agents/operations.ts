import { nothing } from '../../lib/operations/fields.ts';
import { operation } from '../../lib/operations/operation.ts';
import type { AgentName } from '../../lib/wire/agent-names.ts';
import type { AgentRules, LoginFinding } from './agent-kind.ts';
import type { AgentBench, AgentFailure } from './bench.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { type AgentDirectory, isThere } from './directory.ts';
import { cliKind, kindOf } from './kinds.ts';

/** Services that the operations of agents use. */
export interface AgentNeeds {
  agents: AgentDirectory;
  agentBench: Pick<AgentBench, 'lastFailure'>;
  agentFallback: () => AgentName | undefined;
  agentSurroundings: Pick<AgentSurroundings, 'home' | 'env'>;
}

/** An agent as people see it. */
export interface AgentView {
  name: AgentName;
  title: string;
  isDefault: boolean;
  isFallback: boolean;
  isFound: boolean;
  path: string | null;
  version: string | null;
  /** Why it was not found, or what is odd about it. */
  note: string | null;
  /** What to do where it was not found. */
  install: string | null;
  /** Null for a program of the owner's, of which nobody knows. */
  login: LoginFinding | null;
  /** What it can; null where it was not found. */
  can: AgentRules | null;
  lastFailure: AgentFailure | null;
}

/** Operations of agents. */
export const agentListOperations = {
  'agents.list': operation('GET /agents', nothing, (needs: AgentNeeds): Promise<AgentView[]> =>
    Promise.all(needs.agents.names().map((name) => viewOf(needs, name))),
  ),
};

async function viewOf(
  { agents, agentBench, agentFallback, agentSurroundings }: AgentNeeds,
  name: AgentName,
): Promise<AgentView> {
  const found = await agents.of(name).resolve();
  const kind = name === 'command' ? undefined : cliKind(name);
  const isFound = isThere(found);
  return {
    name,
    title: kind?.title ?? 'the program of agent.command',
    isDefault: agents.preferred() === name,
    isFallback: agentFallback() === name,
    isFound,
    path: 'path' in found ? found.path : null,
    version: 'version' in found ? found.version : null,
    note: isFound ? (('note' in found ? found.note : undefined) ?? null) : found.reason,
    install: isFound ? null : (kind?.program.install ?? null),
    login: kind?.login(agentSurroundings) ?? null,
    can: isFound ? kindOf(found).rules : null,
    lastFailure: agentBench.lastFailure(name) ?? null,
  };
}
