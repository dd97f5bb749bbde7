import type { AgentResolution } from './resolve.ts';
import { agentArguments, interruptLine, userLine } from '../run/arguments.ts';
import { createStreamReader } from '../run/stream-reader.ts';
import type { AgentKind, AgentRules, FoundAgent } from './agent-kind.ts';

/** An agent that can be run: the CLI, a program that the owner named, or the bundled offline one. */
export type RunnableAgent = FoundAgent & { rules: AgentRules };

/** What a task is told when it asks for an agent. */
export type ResolvedAgent = RunnableAgent | Extract<AgentResolution, { kind: 'misconfigured' }>;

type KindName = FoundAgent['kind'];

const streamJson = { messageLine: userLine, interruptLine, createReader: createStreamReader };

const claude: AgentKind<Extract<FoundAgent, { kind: 'claude' }>> = {
  ...streamJson,
  rules: { resumes: true, hears: true, interrupts: true, callsTools: true },
  // A turn that leaves work in the background is no answer; the CLI's documentation names this for headless runs.
  environment: { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' },
  commandLine: ({ path }, session, settings) => ({ command: path, args: agentArguments(session, settings) }),
};

/** An entry file of ours speaks the CLI's protocol for it; it reads its prompt once and leaves nothing to go on with. */
const adapted: AgentKind<Extract<FoundAgent, { entry: unknown }>> = {
  ...streamJson,
  rules: { resumes: false, hears: false, interrupts: false, callsTools: false },
  commandLine: ({ entry: { command, args } }) => ({ command, args: [...args] }),
};

const kinds: { [Name in KindName]: AgentKind<Extract<FoundAgent, { kind: Name }>> } = {
  claude,
  command: adapted,
  offline: adapted,
};

/** How an agent is spoken to. */
export function kindOf(agent: FoundAgent): AgentKind {
  return kinds[agent.kind];
}

/** An agent together with what may be done with it. */
export function withRules(found: FoundAgent): RunnableAgent {
  return { ...found, rules: kindOf(found).rules };
}
