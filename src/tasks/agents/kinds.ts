import type { AgentKind, AgentRules, CliKind } from './agent-kind.ts';
import type { Handover } from './exchange.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { entryKind } from './entry-kind.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';
import type { AgentName, CliName } from '../../lib/wire/agent-names.ts';
import type { AgentResolution, FoundAgent } from './resolution.ts';

/** An agent that can be run: a CLI, a program that the owner named, or the bundled offline one. */
export type RunnableAgent = FoundAgent & {
  rules: AgentRules;
  /** What was said in its conversation, where it begins a session that does not hold it. */
  handover?: Handover;
  /** Why it stands in for the one that was to answer, as a clause. */
  instead?: string;
};

/** What a task is told when it asks for an agent. */
export type ResolvedAgent = RunnableAgent | Extract<AgentResolution, { kind: 'misconfigured' }>;

/** The adapters of CLIs, by name: a new one is a file beside this and a line here. */
export const cliKinds: { [Name in CliName]?: CliKind<Name> } = { claude, codex, gemini, opencode };

/** The adapter of a CLI. */
export function cliKind(name: CliName): CliKind {
  const kind = cliKinds[name];
  if (kind === undefined) throw new Error(`there is no adapter for ${name}`);
  return kind as CliKind;
}

/** What people call the agent of a name. */
export function titleOf(name: AgentName): string {
  return (name === 'command' ? entryKind(name) : cliKind(name)).title;
}

/** How an agent is spoken to. */
export function kindOf(agent: FoundAgent): AgentKind {
  return 'entry' in agent ? entryKind(agent.kind) : cliKind(agent.kind);
}

/** How the owner logs in the agent that answers a task, as a clause; undefined for `claude`, of which it is known, and for programs. */
export function loginOf(agent: FoundAgent | undefined): string | undefined {
  if (agent === undefined || 'entry' in agent || agent.kind === 'claude') return undefined;
  return cliKind(agent.kind).program.login;
}

/** What a reply says at its end of who has answered, where that is not whom it was for; else nothing. */
export function answererOf(agent: RunnableAgent | undefined): string {
  if (agent?.instead === undefined) return '';
  return `\n\n(answered by ${kindOf(agent).title}, since ${agent.instead})`;
}

/** An agent together with what may be done with it. */
export function withRules(found: FoundAgent): RunnableAgent {
  return { ...found, rules: kindOf(found).rules };
}
