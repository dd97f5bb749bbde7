import { rest } from '../../lib/rest.ts';
import { SECOND } from '../../lib/time.ts';
import type { AgentName } from '../../lib/wire/agent-names.ts';
import type { KeptFailure } from '../rows/agent-failures.ts';
import type { AgentRules, LoginFinding } from './agent-kind.ts';
import type { AgentBench } from './bench.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { type AgentDirectory, isThere } from './directory.ts';
import { entryKind } from './entry-kind.ts';
import { cliKind, kindOf, titleOf } from './kinds.ts';
import type { AgentResolution } from './resolution.ts';

/** What is known of agents. */
export interface AgentSources {
  agents: AgentDirectory;
  agentBench: Pick<AgentBench, 'until'>;
  agentFallback: () => AgentName | undefined;
  agentSurroundings: Pick<AgentSurroundings, 'home' | 'env'>;
}

/** An agent as people see it. */
export interface AgentView {
  name: AgentName;
  title: string;
  isDefault: boolean;
  isFallback: boolean;
  /** It is still being looked for; what is known of it comes with a later look. */
  isLooking: boolean;
  isFound: boolean;
  path: string | null;
  version: string | null;
  /** Why it was not found, or what is odd about it. */
  note: string | null;
  /** What to do where it was not found. */
  install: string | null;
  /** Null for a program of the owner's, of which nobody knows. */
  login: LoginFinding | null;
  /** What it can. */
  can: AgentRules;
  /** The last failure where it has not succeeded since. */
  lastFailure: KeptFailure | null;
  /** The last few, newest first, also those that are over. */
  failures: KeptFailure[];
  /** Until then the fallback is asked in its place; null where it may be asked. */
  restsUntil: Date | null;
}

/** A list waits so long for agents that are looked for. */
const patienceMs = SECOND;

/** All about one agent, as far as it is known within a second; `onFound` is called where it takes longer. */
export async function agentView(
  { agents, agentBench, agentFallback, agentSurroundings }: AgentSources,
  name: AgentName,
  { failures, onFound }: { failures: KeptFailure[]; onFound: () => void },
): Promise<AgentView> {
  const found = await withinPatience(agents.of(name).resolve(), onFound);
  const kind = name === 'command' ? undefined : cliKind(name);
  const until = agentBench.until(name);
  return {
    name,
    title: titleOf(name),
    isDefault: agents.preferred() === name,
    isFallback: agentFallback() === name,
    ...placeOf(found, kind?.program.install ?? null),
    login: kind?.login(agentSurroundings) ?? null,
    can: (found !== undefined && isThere(found) ? kindOf(found) : (kind ?? entryKind('command'))).rules,
    lastFailure: failures.find(({ overAt }) => overAt === null) ?? null,
    failures,
    restsUntil: until === undefined ? null : new Date(until),
  };
}

type Place = Pick<AgentView, 'isLooking' | 'isFound' | 'path' | 'version' | 'note' | 'install'>;

function placeOf(found: AgentResolution | undefined, install: string | null): Place {
  if (found === undefined) {
    const nothing = { path: null, version: null, note: null, install: null };
    return { isLooking: true, isFound: false, ...nothing };
  }
  const isFound = isThere(found);
  return {
    isLooking: false,
    isFound,
    path: 'path' in found ? found.path : null,
    version: 'version' in found ? found.version : null,
    note: isFound ? (('note' in found ? found.note : undefined) ?? null) : found.reason,
    install: isFound ? null : install,
  };
}

async function withinPatience(
  found: Promise<AgentResolution>,
  onFound: () => void,
): Promise<AgentResolution | undefined> {
  const known = new AbortController();
  const late = rest(patienceMs, known.signal);
  const early = await Promise.race([found, late.then((isOver) => (isOver ? undefined : found))]);
  known.abort();
  if (early === undefined) void found.then(onFound);
  return early;
}
