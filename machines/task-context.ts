import type { RecordedTask, RecordRequest } from '../actors/tasks/record-task.ts';
import type { ResolvedAgent, RunnableAgent } from '../src/lib/agent/kinds/kinds.ts';
import type { TaskLimits } from '../src/lib/agent/limits.ts';
import type { RecalledMemory } from '../src/lib/recall/recall.ts';
import type { ClaimedTask } from '../src/lib/store/tasks/claim.ts';
import { noRun, type RunOutput } from './agent-run-context.ts';
import { isStoreAway, messageOf } from './failure.ts';

/** What an attempt is started with. */
export interface TaskInput {
  task: ClaimedTask;
  limits: TaskLimits;
}

/** What an attempt hears. */
export type TaskEvent =
  | { type: 'task.cancel' }
  /** The daemon stops: end in order, and go back to the queue. */
  | { type: 'task.shutdown' }
  /** A further message for the agent; one that comes before it runs waits for it, one after its turn is too late. */
  | { type: 'task.steer'; text: string }
  /** Rows were queued; one may belong to its conversation. */
  | { type: 'task.wake' }
  | { type: 'database.ready' };

/** How it ended; `unrecorded` when Postgres refuses to take that down: the row says `running` then. */
export type TaskOutput = { taskId: number } & (RecordedTask | { state: 'unrecorded'; reason: string });

/** What it remembers. */
export interface TaskContext extends TaskInput {
  /** The session to resume; cleared when it proves stale. */
  resume: string | null;
  staleSession: boolean;
  reprobed: boolean;
  /** Further messages so far, for a run that begins later or anew. */
  steers: readonly string[];
  memories: RecalledMemory[];
  agent: RunnableAgent | undefined;
  /** What the last run left; before the first one, what there is to say without it. */
  run: RunOutput;
  /** How often the outcome could not be recorded, and how often of these Postgres was there and refused. */
  recordFailures: number;
  refusals: number;
  recordError: string;
  recorded: RecordedTask | undefined;
}

/** A failure to record, and whether it passes by itself. */
export interface RecordFailure {
  away: boolean;
  message: string;
}

/** An attempt about which nothing is known yet. */
export function initialTask(input: TaskInput): TaskContext {
  return {
    ...input,
    resume: input.task.resume,
    staleSession: false,
    reprobed: false,
    steers: [],
    memories: [],
    agent: undefined,
    run: noRun,
    recordFailures: 0,
    refusals: 0,
    recordError: '',
    recorded: undefined,
  };
}

/** Everything that the attempt has left behind, to be judged and recorded. */
export function recordRequest({
  task,
  agent,
  memories,
  resume,
  staleSession,
  run,
}: TaskContext): RecordRequest {
  return { task, agent, memories, resumed: resume, staleSession, ...run };
}

/** Why an outcome could not be recorded. */
export function recordFailure(thrown: unknown): RecordFailure {
  return { away: isStoreAway(thrown), message: messageOf(thrown) };
}

/** An agent that cannot be run, told as a failure of its start. */
export function spawnFailureOf(agent: ResolvedAgent): { code: string; message: string } {
  return agent.kind === 'misconfigured'
    ? { code: agent.problem === 'not-found' ? 'ENOENT' : 'EACCES', message: agent.reason }
    : { code: 'UNKNOWN', message: agent.kind };
}

/** The agent that was resolved; throws where there is none. */
export function runnable(agent: RunnableAgent | undefined): RunnableAgent {
  if (agent === undefined) throw new Error('task machine: running without an agent');
  return agent;
}

/** The recorded outcome; throws where there is none. */
export function settled({ recorded }: TaskContext): RecordedTask {
  if (recorded === undefined) throw new Error('task machine: replying without a recorded outcome');
  return recorded;
}
