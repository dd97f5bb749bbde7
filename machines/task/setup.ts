import { assign, type DoneActorEvent, fromPromise, sendTo, setup } from 'xstate';
import type { StopCause } from '../../src/tasks/run/outcome.ts';
import type { ResolvedAgent } from '../../src/tasks/agents/kinds.ts';
import type { Recollection } from '../../src/memory/recall/recall.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import { agentRunMachine } from '../agent-run/machine.ts';
import { noRun, withSteer } from '../agent-run/context.ts';
import type { RunNews, RunOutput } from '../agent-run/protocol.ts';
import { placeholder } from '../lib/placeholder.ts';
import { tellRefusal, type Thrown } from '../lib/store-trouble.ts';
import { cutAfter, runRequest, type TaskContext } from './context.ts';
import type {
  AgentQuery,
  PartingNote,
  RecordedTask,
  RecordRequest,
  ReplyRequest,
  TaskCommand,
  TaskInput,
  TaskOutput,
} from './protocol.ts';

/** Events of an attempt. */
type TaskEvent = TaskCommand | RunNews | DoneActorEvent<RunOutput, 'run'>;

const maxBackoffDoublings = 5;

const base = setup({
  types: {
    context: {} as TaskContext,
    input: {} as TaskInput,
    events: {} as TaskEvent,
    output: {} as TaskOutput,
    children: {} as { run: 'agentRun' },
  },
  actors: {
    recall: fromPromise<Recollection, ClaimedTask>(placeholder('task', 'recall')),
    resolveAgent: fromPromise<ResolvedAgent, AgentQuery>(placeholder('task', 'resolveAgent')),
    agentRun: agentRunMachine,
    recordTask: fromPromise<RecordedTask, RecordRequest>(placeholder('task', 'recordTask')),
    reply: fromPromise<undefined, ReplyRequest>(placeholder('task', 'reply')),
    noteParting: fromPromise<undefined, PartingNote>(placeholder('task', 'noteParting')),
  },
});

/** Actors, actions, guards and delays of an attempt; `machine.ts` says when. */
export const taskSetup = base.extend({
  actions: {
    startRun: base.enqueueActions(({ context, enqueue }) => {
      const { limits, steers } = context;
      enqueue.spawnChild('agentRun', { id: 'run', input: { request: runRequest(context), limits, steers } });
      enqueue.assign({ isRunning: true });
    }),
    endRun: base.enqueueActions(({ enqueue }) => {
      enqueue.stopChild('run');
      enqueue.assign({ isRunning: false });
    }),
    keepParting: assign({ parting: (_, parting: RunOutput) => parting }),
    /** Tells observers about the progress of the task. */
    announceProgress: placeholder<string>('task', 'announceProgress'),
    keepMemories: assign({
      memories: (_, { memories }: Recollection) => memories,
      degraded: (_, { degraded }: Recollection) => degraded,
    }),
    doWithoutMemories: assign({ withoutMemories: (_, reason: string) => reason }),
    keepAgent: assign({
      agent: (_, agent: ResolvedAgent) => (agent.kind === 'misconfigured' ? undefined : agent),
      // The session is another agent's.
      resume: ({ context }, agent: ResolvedAgent) =>
        agent.kind !== 'misconfigured' && agent.handover !== undefined ? null : context.resume,
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
    giveAgentUp: assign({ gaveUp: (_, run: RunOutput) => run }),
    markReprobed: assign({ reprobed: true }),
    markCold: assign({ isCold: true }),
    forgetSession: assign({ resume: null, staleSession: true }),
    giveSessionUp: assign({ resume: null, staleSession: true, sessionRefused: true }),
    keepSteer: assign({ steers: ({ context }, text: string) => withSteer(context.steers, text) }),
    passToRun: sendTo('run', ({ event }) => event),
    countFailure: assign({
      recordFailures: ({ context }) => context.recordFailures + 1,
      cut: ({ context }, { error }: Thrown) => cutAfter(context.cut, error),
    }),
    tellRefusal,
    keepRecorded: assign({ recorded: (_, recorded: RecordedTask) => recorded }),
  },
  guards: {
    isRunning: ({ context }) => context.isRunning,
    hasAnsweredFirst: ({ context }) => context.parting !== undefined,
    isMisconfigured: (_, agent: ResolvedAgent) => agent.kind === 'misconfigured',
    agentVanished: ({ context }, { evidence }: RunOutput) =>
      evidence.spawnFailure?.code === 'ENOENT' && !context.reprobed,
    /** The agent could not answer, has done nothing, and there is another one that may. */
    mayFallBack: placeholder<RunOutput>('task', 'mayFallBack'),
    /** It has done nothing, so that another begins where it was to. */
    lostAhead: ({ context }, { lostAhead = false }: RunOutput) => lostAhead && !context.isCold,
    /** An agent that has done something is not run again: its deed would be done twice. */
    sessionIsStale: ({ context }, { evidence, transcript }: RunOutput) =>
      context.resume !== null &&
      evidence.staleSession &&
      (evidence.stop ?? 'lingering') === 'lingering' &&
      !hasActed(transcript),
    sessionIsRefused: ({ context }, { evidence, transcript }: RunOutput) =>
      context.resume !== null &&
      (evidence.stop ?? 'lingering') === 'lingering' &&
      (evidence.result?.isInvalid ?? evidence.isInvalid ?? false) &&
      !hasActed(transcript),
    isSettled: (_, recorded: RecordedTask) => recorded.state !== 'queued' && recorded.state !== 'superseded',
  },
  delays: {
    recallLimit: ({ context }) => context.limits.recallMs,
    replyLimit: ({ context }) => context.limits.replyMs,
    recordBackoff: ({ context }) =>
      context.limits.storeRetryMs * 2 ** Math.min(maxBackoffDoublings, context.recordFailures - 1),
  },
});

function hasActed({ head, tail }: RunOutput['transcript']): boolean {
  return [...head, ...tail].some(({ kind }) => kind === 'called');
}
