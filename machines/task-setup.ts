import { assign, fromPromise, sendTo, setup } from 'xstate';
import type { RecordedTask, RecordRequest } from '../actors/tasks/record-task.ts';
import type { StopCause } from '../src/lib/agent/outcome.ts';
import type { ResolvedAgent } from '../src/lib/agent/kinds/kinds.ts';
import type { RecalledMemory } from '../src/lib/recall/recall.ts';
import type { ClaimedTask } from '../src/lib/store/tasks/claim.ts';
import { agentRunMachine } from './agent-run.ts';
import { noRun, type RunOutput, withSteer } from './agent-run-context.ts';
import type { RecordFailure, TaskContext, TaskEvent, TaskInput, TaskOutput } from './task-context.ts';

const maxRecordRefusals = 5;
const maxBackoffDoublings = 5;

const unprovided = (name: string) => (): never => {
  throw new Error(`task machine: "${name}" was not provided`);
};

/** Tells observers what the task is doing. */
const announceProgress: (scope: unknown, progress: string) => void = unprovided('announceProgress');

/** What an attempt does, decides by and waits for; `task.ts` says when. */
export const taskSetup = setup({
  types: {
    context: {} as TaskContext,
    input: {} as TaskInput,
    events: {} as TaskEvent,
    output: {} as TaskOutput,
    children: {} as { run: 'agentRun' },
  },
  actors: {
    recall: fromPromise<RecalledMemory[], ClaimedTask>(unprovided('recall')),
    resolveAgent: fromPromise<ResolvedAgent, { reprobe: boolean }>(unprovided('resolveAgent')),
    agentRun: agentRunMachine,
    recordTask: fromPromise<RecordedTask, RecordRequest>(unprovided('recordTask')),
    reply: fromPromise<undefined, { task: ClaimedTask; recorded: RecordedTask }>(unprovided('reply')),
  },
  actions: {
    announceProgress,
    keepMemories: assign({ memories: (_, memories: RecalledMemory[]) => memories }),
    keepAgent: assign({
      agent: (_, agent: ResolvedAgent) => (agent.kind === 'misconfigured' ? undefined : agent),
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
    keepSteer: assign({ steers: ({ context }, text: string) => withSteer(context.steers, text) }),
    passToRun: sendTo('run', ({ event }) => event),
    countFailure: assign({
      recordFailures: ({ context }) => context.recordFailures + 1,
      refusals: ({ context }, { away }: RecordFailure) => context.refusals + (away ? 0 : 1),
      recordError: (_, { message }: RecordFailure) => message,
    }),
    keepRecorded: assign({ recorded: (_, recorded: RecordedTask) => recorded }),
  },
  guards: {
    isMisconfigured: (_, agent: ResolvedAgent) => agent.kind === 'misconfigured',
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
});
