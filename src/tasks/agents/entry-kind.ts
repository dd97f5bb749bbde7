import type { AgentKind } from './agent-kind.ts';
import { streamJsonLastWords, streamJsonTalk } from './claude.ts';
import { isClaudeVariable } from './claude/login-variables.ts';
import type { FoundAgent } from './resolution.ts';

type EntryAgent = Extract<FoundAgent, { entry: unknown }>;

const titles: Readonly<Record<EntryAgent['kind'], string>> = {
  command: 'the program of agent.command',
  offline: 'the offline agent',
};

/** An agent for which an entry file of ours speaks stream-json; it reads its prompt once and leaves nothing to go on with. */
export function entryKind(kind: EntryAgent['kind']): AgentKind {
  return entryKinds[kind];
}

const entryKinds = { command: kindCalled('command'), offline: kindCalled('offline') };

function kindCalled(kind: EntryAgent['kind']): AgentKind<EntryAgent> {
  return {
    title: titles[kind],
    rules: {
      resumes: false,
      forks: false,
      hears: false,
      interrupts: false,
      callsTools: false,
      streams: true,
      seesImages: false,
      tellsCost: true,
      keepsBudget: true,
      tellsUse: true,
      counts: 'session',
    },
    // Nobody knows what a program of the owner's reads: what all of the CLI's readers get.
    isOwnVariable: isClaudeVariable,
    commandLine: ({ entry: { command, args } }) => ({ command, args: [...args] }),
    talk: streamJsonTalk,
    lastWords: streamJsonLastWords,
  };
}
