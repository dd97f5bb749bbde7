import type { ResolvedAgent, RunnableAgent } from '../../src/tasks/agents/kinds.ts';
import type { RunRequest } from '../../src/tasks/run/launch.ts';
import type { Cut } from '../../src/tasks/rows/cut-record.ts';
import type { RecalledMemory } from '../../src/memory/recall/recall.ts';
import { noRun } from '../agent-run/context.ts';
import type { RunOutput } from '../agent-run/protocol.ts';
import { saysStoreAway } from '../lib/failure.ts';
import type { PartingNote, RecordedTask, RecordRequest, TaskInput } from './protocol.ts';

/** Memory of an attempt. */
export interface TaskContext extends TaskInput {
  /** The session to resume; cleared when it proves stale. */
  resume: string | null;
  staleSession: boolean;
  sessionRefused: boolean;
  reprobed: boolean;
  /** A run in which the agent could not answer, where another one may. */
  gaveUp: RunOutput | undefined;
  /** No agent that was started ahead may serve it (any more). */
  isCold: boolean;
  /** Further messages so far, for a run that begins later or anew. */
  steers: readonly string[];
  memories: RecalledMemory[];
  /** Stand-in that served the recall; null where there was none. */
  degraded: string | null;
  /** Reason for a recall that failed; null where it worked. */
  withoutMemories: string | null;
  agent: RunnableAgent | undefined;
  /** Output of the last run; before the first one, the little there is to say without it. */
  run: RunOutput;
  /** How often the outcome could not be recorded, and what is left to record. */
  recordFailures: number;
  cut: Cut;
  recorded: RecordedTask | undefined;
  /** True while a run has not ended. */
  isRunning: boolean;
  /** How a run ended that had been recorded by then. */
  parting: RunOutput | undefined;
}

const lessOf: Readonly<Record<Cut, Cut>> = { whole: 'plain', plain: 'bare', bare: 'bare' };

/** An attempt about which nothing is known yet. */
export function initialTask(input: TaskInput): TaskContext {
  return {
    ...input,
    resume: input.task.resume,
    staleSession: false,
    sessionRefused: false,
    reprobed: false,
    gaveUp: undefined,
    isCold: false,
    steers: [],
    memories: [],
    degraded: null,
    withoutMemories: null,
    agent: undefined,
    run: noRun,
    recordFailures: 0,
    cut: 'whole',
    recorded: undefined,
    isRunning: false,
    parting: undefined,
  };
}

/** Input of its run. */
export function runRequest({
  task,
  agent,
  memories,
  degraded,
  withoutMemories,
  resume,
  isCold,
}: TaskContext): RunRequest {
  return {
    ...{ task, agent: runnable(agent), memories, degraded, withoutMemories, resume },
    ...(isCold && { isCold }),
  };
}

/** Everything that the attempt has left behind, to be judged and recorded. */
export function recordRequest({
  task,
  agent,
  memories,
  withoutMemories,
  resume,
  staleSession,
  sessionRefused,
  run,
  cut,
}: TaskContext): RecordRequest {
  return {
    task,
    agent,
    memories,
    withoutMemories,
    resumed: resume,
    staleSession,
    ...(sessionRefused && { sessionRefused }),
    ...(cut !== 'whole' && { cut }),
    ...run,
  };
}

/** How the run went that was recorded before its processes had gone. */
export function partingOf({ task, run, parting }: TaskContext): PartingNote {
  return { task, run: parting ?? run };
}

/** What is left to record after a failure: an outage passes, while a refusal for a value or a bug would repeat itself. */
export function cutAfter(cut: Cut, thrown: unknown): Cut {
  return saysStoreAway(thrown) ? cut : lessOf[cut];
}

/** An agent that cannot be run, told as a failure of its start. */
export function spawnFailureOf(agent: ResolvedAgent): { code: string; message: string } {
  return agent.kind === 'misconfigured'
    ? { code: agent.problem === 'not-found' ? 'ENOENT' : 'EACCES', message: agent.reason }
    : { code: 'UNKNOWN', message: agent.kind };
}

/** The agent that was resolved; throws where there is none. */
function runnable(agent: RunnableAgent | undefined): RunnableAgent {
  if (agent === undefined) throw new Error('task machine: running without an agent');
  return agent;
}

/** The recorded outcome; throws where there is none. */
export function settled({ recorded }: TaskContext): RecordedTask {
  if (recorded === undefined) throw new Error('task machine: replying without a recorded outcome');
  return recorded;
}
