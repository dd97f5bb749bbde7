import { type AgentName, agentNamed, type CliName, cliNames } from '../../lib/wire/agent-names.ts';
import type { ChildEntry } from '../../lib/process/child-entry.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { cliKinds } from './kinds.ts';
import type { AgentResolution } from './resolution.ts';
import { type AgentResolver, createAgentResolver } from './resolve.ts';

/** What the owner has set about agents, asked at every look. */
export interface AgentChoices {
  /** `agent.default`; undefined is the program of `agent.command` where one is named, else claude. */
  preferred: () => AgentName | undefined;
  /** The path that is set for a CLI, where there is one. */
  pathOf: (name: CliName) => string | undefined;
  /** `agent.command`. */
  command: () => readonly string[] | undefined;
}

/** All agents that the owner may call by a name; as a resolver it is the one that answers where nothing else is said. */
export interface AgentDirectory extends AgentResolver {
  /** Those that there is an adapter for, and the program of `agent.command` where one is named. */
  names(): AgentName[];
  preferred(): AgentName;
  of(name: AgentName): AgentResolver;
}

export interface AgentDirectoryOptions extends AgentSurroundings, AgentChoices {
  commandEntry: ChildEntry;
  /** The bundled agent that answers when there is no other. */
  offlineEntry: ChildEntry;
}

/** See `AgentDirectory`; each agent is looked for when it is first asked for. */
export function createAgentDirectory(options: AgentDirectoryOptions): AgentDirectory {
  const { preferred: wanted, pathOf, command, commandEntry, ...surroundings } = options;
  const resolvers = new Map<AgentName, AgentResolver>();
  const of = (name: AgentName): AgentResolver => {
    const known = resolvers.get(name) ?? create(name);
    resolvers.set(name, known);
    return known;
  };
  const create = (name: AgentName): AgentResolver => {
    if (name === 'command')
      return commandResolver(createAgentResolver({ ...surroundings, command, commandEntry }));
    return createAgentResolver({ ...surroundings, cli: name, configured: () => pathOf(name) });
  };
  /** Asked for by name where no program is set, nobody is found in its place. */
  const commandResolver = (resolver: AgentResolver): AgentResolver => {
    const unlessUnset = (found: () => Promise<AgentResolution>) =>
      command() === undefined ? Promise.resolve(noProgram) : found();
    return {
      current: () => (command() === undefined ? noProgram : resolver.current()),
      resolve: () => unlessUnset(() => resolver.resolve()),
      reprobe: () => unlessUnset(() => resolver.reprobe()),
    };
  };
  const preferred = (): AgentName => wanted() ?? (command() === undefined ? 'claude' : 'command');
  return {
    names: () => [
      ...cliNames.filter((name) => name in cliKinds),
      ...(command() === undefined ? [] : (['command'] as const)),
    ],
    preferred,
    of,
    current: () => of(preferred()).current(),
    resolve: () => of(preferred()).resolve(),
    reprobe: () => of(preferred()).reprobe(),
  };
}

const noProgram: AgentResolution = {
  kind: 'misconfigured',
  path: 'agent.command',
  problem: 'not-found',
  reason: 'agent.command names no program',
};

/** True for an agent that can be asked something. */
export function isThere(
  found: AgentResolution,
): found is Exclude<AgentResolution, { kind: 'offline' | 'misconfigured' }> {
  return found.kind !== 'offline' && found.kind !== 'misconfigured';
}

/** The name of an agent that was found; undefined for the offline one. */
export function nameOf({ kind }: Pick<AgentResolution, 'kind'>): AgentName | undefined {
  return agentNamed(kind);
}
