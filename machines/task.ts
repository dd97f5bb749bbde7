import { assign, fromPromise, sendTo, setup } from 'xstate';
import type { RecordedTask, RecordRequest } from '../actors/tasks/record-task.ts';
import type { RunnableAgent } from '../src/lib/agent/launch.ts';
import type { TaskLimits } from '../src/lib/agent/limits.ts';
import type { StopCause } from '../src/lib/agent/outcome.ts';
import type { AgentResolution } from '../src/lib/process/resolve-agent.ts';
import type { RecalledMemory } from '../src/lib/recall/recall.ts';
import type { ClaimedTask } from '../src/lib/store/tasks/claim.ts';
import { agentRunMachine } from './agent-run.ts';
import { noRun, type RunOutput } from './agent-run-context.ts';

export interface TaskInput {
  task: ClaimedTask;
  limits: TaskLimits;
}

export type TaskEvent =
  | { type: 'task.cancel' }
  /** The daemon stops: end in order, and go back to the queue. */
  | { type: 'task.shutdown' }
  /** A further message for the running agent; one that comes before or after its turn is dropped. */
  | { type: 'task.steer'; text: string }
  | { type: 'database.ready' };

/** How it ended; `unrecorded` when Postgres refuses to take that down: the row says `running` then. */
export type TaskOutput = { taskId: number } & (RecordedTask | { state: 'unrecorded'; reason: string });

export interface TaskContext extends TaskInput {
  /** The session to resume; cleared when it proves stale. */
  resume: string | null;
  staleSession: boolean;
  reprobed: boolean;
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

interface RecordFailure {
  away: boolean;
  message: string;
}

const maxRecordRefusals = 5;
const maxBackoffDoublings = 5;

const unprovided = (name: string) => (): never => {
  throw new Error(`task machine: "${name}" was not provided`);
};

/** Tells observers what the task is doing. */
const announceProgress: (scope: unknown, progress: string) => void = unprovided('announceProgress');

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * One attempt at a task, from its claimed row to a recorded outcome.
 *
 *     admitted → recalling → resolving → running ──nobody left──▶ recording ⇄ holding (store away)
 *                    │           │ ▲        │                        ▲ │
 *                    │           │ └────────┘ once: ENOENT,          │ ▼
 *                    │           │            once: stale session    │ replying → done
 *                    └───────────┴── cancel, shutdown, no agent ─────┘
 *
 * `running` is a machine of its own (agent-run) and ends only when no process of the run is left.
 * An outcome that cannot be recorded is held until the store is back: away is a state, not a failure.
 */
export const taskMachine = setup({
  types: {
    context: {} as TaskContext,
    input: {} as TaskInput,
    events: {} as TaskEvent,
    output: {} as TaskOutput,
    children: {} as { run: 'agentRun' },
  },
  actors: {
    recall: fromPromise<RecalledMemory[], ClaimedTask>(unprovided('recall')),
    resolveAgent: fromPromise<AgentResolution, { reprobe: boolean }>(unprovided('resolveAgent')),
    agentRun: agentRunMachine,
    recordTask: fromPromise<RecordedTask, RecordRequest>(unprovided('recordTask')),
    reply: fromPromise<undefined, { task: ClaimedTask; recorded: RecordedTask }>(unprovided('reply')),
  },
  actions: {
    announceProgress,
    keepMemories: assign({ memories: (_, memories: RecalledMemory[]) => memories }),
    keepAgent: assign({
      agent: (_, agent: AgentResolution) => (agent.kind === 'misconfigured' ? undefined : agent),
    }),
    keepSpawnFailure: assign({
      run: (_, spawnFailure: { code: string; message: string }) => ({
        ...noRun,
        evidence: { ...noRun.evidence, spawnFailure },
      }),
    }),
    stopFor: assign({
      run: (_, stop: StopCause) => ({ ...noRun, evidence: { ...noRun.evidence, stop } }),
    }),
    keepRun: assign({ run: (_, run: RunOutput) => run }),
    markReprobed: assign({ reprobed: true }),
    forgetSession: assign({ resume: null, staleSession: true }),
    passToRun: sendTo('run', ({ event }) => event),
    countFailure: assign({
      recordFailures: ({ context }) => context.recordFailures + 1,
      refusals: ({ context }, { away }: RecordFailure) => context.refusals + (away ? 0 : 1),
      recordError: (_, { message }: RecordFailure) => message,
    }),
    keepRecorded: assign({ recorded: (_, recorded: RecordedTask) => recorded }),
  },
  guards: {
    isMisconfigured: (_, agent: AgentResolution) => agent.kind === 'misconfigured',
    agentVanished: ({ context }, { evidence }: RunOutput) =>
      evidence.spawnFailure?.code === 'ENOENT' && !context.reprobed,
    sessionIsStale: ({ context }, { evidence }: RunOutput) =>
      context.resume !== null && evidence.staleSession && (evidence.stop ?? 'lingering') === 'lingering',
    /** An outage passes; a refusal (a bad value, a bug) repeats itself. */
    isHopeless: ({ context }, { away }: RecordFailure) => !away && context.refusals >= maxRecordRefusals,
    isSettled: (_, recorded: RecordedTask) => recorded.state !== 'queued' && recorded.state !== 'superseded',
  },
  delays: {
    recallLimit: ({ context }) => context.limits.recallMs,
    replyLimit: ({ context }) => context.limits.replyMs,
    recordBackoff: ({ context }) =>
      context.limits.storeRetryMs * 2 ** Math.min(maxBackoffDoublings, context.recordFailures - 1),
  },
}).createMachine({
  id: 'task',
  context: ({ input }) => ({
    ...input,
    resume: input.task.resume,
    staleSession: false,
    reprobed: false,
    memories: [],
    agent: undefined,
    run: noRun,
    recordFailures: 0,
    refusals: 0,
    recordError: '',
    recorded: undefined,
  }),
  initial: 'admitted',
  states: {
    admitted: { always: 'recalling' },
    recalling: {
      entry: { type: 'announceProgress', params: 'recalling' },
      invoke: {
        id: 'recall',
        src: 'recall',
        input: ({ context }) => context.task,
        onDone: {
          target: 'resolving',
          actions: { type: 'keepMemories', params: ({ event }) => event.output },
        },
        onError: {
          target: 'resolving',
          actions: { type: 'announceProgress', params: 'going on without memories: the recall failed' },
        },
      },
      after: {
        recallLimit: {
          target: 'resolving',
          actions: {
            type: 'announceProgress',
            params: 'going on without memories: the recall took too long',
          },
        },
      },
      on: {
        'task.cancel': { target: 'recording', actions: { type: 'stopFor', params: 'cancelled' } },
        'task.shutdown': { target: 'recording', actions: { type: 'stopFor', params: 'shutdown' } },
      },
    },
    resolving: {
      invoke: {
        id: 'resolveAgent',
        src: 'resolveAgent',
        input: ({ context }) => ({ reprobe: context.reprobed }),
        onDone: [
          {
            guard: { type: 'isMisconfigured', params: ({ event }) => event.output },
            target: 'recording',
            actions: { type: 'keepSpawnFailure', params: ({ event }) => spawnFailureOf(event.output) },
          },
          { target: 'running', actions: { type: 'keepAgent', params: ({ event }) => event.output } },
        ],
        onError: {
          target: 'recording',
          actions: {
            type: 'keepSpawnFailure',
            params: ({ event }) => ({ code: 'UNKNOWN', message: messageOf(event.error) }),
          },
        },
      },
      on: {
        'task.cancel': { target: 'recording', actions: { type: 'stopFor', params: 'cancelled' } },
        'task.shutdown': { target: 'recording', actions: { type: 'stopFor', params: 'shutdown' } },
      },
    },
    running: {
      invoke: {
        id: 'run',
        src: 'agentRun',
        input: ({ context }) => ({
          request: {
            task: context.task,
            agent: runnable(context.agent),
            memories: context.memories,
            resume: context.resume,
          },
          limits: context.limits,
        }),
        onDone: [
          {
            guard: { type: 'agentVanished', params: ({ event }) => event.output },
            target: 'resolving',
            actions: 'markReprobed',
          },
          {
            guard: { type: 'sessionIsStale', params: ({ event }) => event.output },
            target: 'resolving',
            actions: 'forgetSession',
          },
          { target: 'recording', actions: { type: 'keepRun', params: ({ event }) => event.output } },
        ],
      },
      on: {
        'task.cancel': { actions: 'passToRun' },
        'task.shutdown': { actions: 'passToRun' },
        'task.steer': { actions: 'passToRun' },
      },
    },
    recording: {
      invoke: {
        id: 'recordTask',
        src: 'recordTask',
        input: ({ context }) => recordRequest(context),
        onDone: [
          {
            guard: { type: 'isSettled', params: ({ event }) => event.output },
            target: 'replying',
            actions: { type: 'keepRecorded', params: ({ event }) => event.output },
          },
          { target: 'done', actions: { type: 'keepRecorded', params: ({ event }) => event.output } },
        ],
        onError: [
          {
            guard: { type: 'isHopeless', params: ({ event }) => recordFailure(event.error) },
            target: 'done',
            actions: { type: 'countFailure', params: ({ event }) => recordFailure(event.error) },
          },
          {
            target: 'holding',
            actions: { type: 'countFailure', params: ({ event }) => recordFailure(event.error) },
          },
        ],
      },
    },
    holding: { after: { recordBackoff: 'recording' }, on: { 'database.ready': 'recording' } },
    replying: {
      invoke: {
        id: 'reply',
        src: 'reply',
        input: ({ context }) => ({ task: context.task, recorded: settled(context) }),
        onDone: 'done',
        // The reply is in the row: who was not told can still read it.
        onError: 'done',
      },
      after: { replyLimit: 'done' },
    },
    done: { type: 'final' },
  },
  output: ({ context: { task, recorded, recordError } }) => ({
    taskId: task.id,
    ...(recorded ?? { state: 'unrecorded' as const, reason: recordError }),
  }),
});

function recordRequest({ task, agent, memories, resume, staleSession, run }: TaskContext): RecordRequest {
  return { task, agent, memories, resumed: resume, staleSession, ...run };
}

function recordFailure(thrown: unknown): RecordFailure {
  const away = (thrown as { code?: unknown } | undefined)?.code === 'STORE_AWAY';
  return { away, message: messageOf(thrown) };
}

function spawnFailureOf(agent: AgentResolution): { code: string; message: string } {
  return agent.kind === 'misconfigured'
    ? { code: agent.problem === 'not-found' ? 'ENOENT' : 'EACCES', message: agent.reason }
    : { code: 'UNKNOWN', message: agent.kind };
}

function runnable(agent: RunnableAgent | undefined): RunnableAgent {
  if (agent === undefined) throw new Error('task machine: running without an agent');
  return agent;
}

function settled({ recorded }: TaskContext): RecordedTask {
  if (recorded === undefined) throw new Error('task machine: replying without a recorded outcome');
  return recorded;
}
