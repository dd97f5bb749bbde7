import { type AgentName, agentNamed } from '../../lib/wire/agent-names.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import type { Failure } from '../run/outcome.ts';
import { clip } from '../run/transcript.ts';
import type { AgentBench } from './bench.ts';
import { type AgentDirectory, isThere, nameOf } from './directory.ts';
import type { Handover } from './exchange.ts';
import { type ResolvedAgent, type RunnableAgent, titleOf, withRules } from './kinds.ts';

const maxWhyChars = 200;

export interface ChooseDeps {
  agents: AgentDirectory;
  bench: Pick<AgentBench, 'note' | 'whyNot'>;
  /** The one agent that may do a task, where nobody may stand in. Default: any may. */
  onlyFor?: (task: ClaimedTask) => AgentName | undefined;
  /** `agent.fallback`. */
  fallback: () => AgentName | undefined;
  /** What was said in a conversation before a task. */
  handoverOf: (conversation: string, before: number) => Promise<Handover>;
}

export interface Choice {
  task: ClaimedTask;
  /** Look for it anew. */
  reprobe: boolean;
  /** How the agent that was to answer has failed, within this attempt. */
  gaveUp?: Failure | undefined;
  /** The session of its conversation proved to be gone. Default: it was not looked for. */
  lostSession?: boolean;
}

/**
 * The agent of a task: the one that its rule, goal or message asks for, else that of its conversation, else the default one. Where
 * that is missing or cannot answer for now, the fallback stands in, and says so. One that cannot go on in the session of the
 * conversation (another agent's, a copy where it makes none, one that is gone) is told what was said in it. Rejects with
 * `StoreAwayError` while that cannot be known.
 */
export async function chooseAgent(deps: ChooseDeps, choice: Choice): Promise<ResolvedAgent> {
  const { task } = choice;
  const found = await foundFor(deps, choice);
  const conversation = task.forkOf ?? task.conversation;
  if (found.kind === 'misconfigured' || conversation === null || !mustBeTold(found, choice)) return found;
  return { ...found, handover: await deps.handoverOf(conversation, task.id) };
}

function mustBeTold(found: RunnableAgent, { task, lostSession = false }: Choice): boolean {
  const name = nameOf(found);
  const owner = task.sessionAgent ?? (task.resume === null ? undefined : 'claude');
  if (name === undefined || owner === undefined) return false;
  return lostSession || owner !== name || (task.forkOf != null && !found.rules.forks);
}

async function foundFor(deps: ChooseDeps, { task, reprobe, gaveUp }: Choice): Promise<ResolvedAgent> {
  const { agents, bench } = deps;
  const only = deps.onlyFor?.(task);
  const wanted = only ?? wantedBy(task, agents);
  const resolver = agents.of(wanted);
  const found = await (reprobe ? resolver.reprobe() : resolver.resolve());
  if (gaveUp !== undefined) bench.note(wanted, gaveUp, task.id);
  const why = gaveUp?.reason ?? (isThere(found) ? bench.whyNot(wanted) : found.reason);
  const second = why === undefined || only !== undefined ? undefined : await standIn(deps, wanted);
  if (second !== undefined && why !== undefined)
    return {
      ...second,
      instead: `${isThere(found) ? titleOf(wanted) : wanted} could not: ${clip(why, maxWhyChars)}`,
    };
  if (isThere(found)) return withRules(found);
  if (found.kind === 'misconfigured' || wanted === agents.preferred())
    return found.kind === 'misconfigured' ? found : withRules(found);
  // Whoever asked for it by name is not answered by the offline agent.
  return { kind: 'misconfigured', path: wanted, problem: 'not-found', reason: found.reason };
}

function wantedBy(task: ClaimedTask, agents: AgentDirectory): AgentName {
  const asked = agentNamed(task.wantsAgent ?? task.terms?.agent ?? task.sessionAgent);
  const names = agents.names();
  const isAskedByName = agentNamed(task.wantsAgent ?? task.terms?.agent) !== undefined;
  if (asked !== undefined && (isAskedByName || names.includes(asked))) return asked;
  return agents.preferred();
}

async function standIn({ agents, bench, fallback }: ChooseDeps, wanted: AgentName) {
  const second = fallback();
  if (second === undefined || second === wanted || bench.whyNot(second) !== undefined) return undefined;
  const found = await agents.of(second).resolve();
  return isThere(found) ? withRules(found) : undefined;
}
