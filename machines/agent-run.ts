import { assertEvent, assign, cancel, fromCallback, fromPromise, raise, sendTo, setup } from 'xstate';
import type { AgentCommand } from '../actors/agent-process.ts';
import type { RunnableAgent, RunRequest } from '../src/lib/agent/launch.ts';
import type { RunEvidence, StopCause } from '../src/lib/agent/outcome.ts';
import type { TranscriptEntry } from '../src/lib/agent/transcript.ts';
import type { ProcessIdentity } from '../src/lib/process/identity.ts';
import type { TerminationReport } from '../src/lib/process/kill-family.ts';
import type { ClaimedTask } from '../src/lib/store/tasks/claim.ts';
import {
  type LastWords,
  noRun,
  outputOf,
  resultEvidence,
  type RunContext,
  type RunEvent,
  type RunInput,
  type RunOutput,
  withEntries,
  withLastWords,
  withText,
} from './agent-run-context.ts';

const unprovided = (name: string) => (): never => {
  throw new Error(`agent-run machine: "${name}" was not provided`);
};

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * One run of the agent, from spawn to nobody left.
 *
 *     live.spawning → live.running ──result──▶ settling ──grace over──┐
 *        │             │  │ exit                  │ exit              │
 *        │ no process  │  └──────▶ draining ◀─────┤                   │
 *        │             │ cancel       │           │ exit              │
 *        │             └──────────────│────▶ interrupting ──5 s──┐    │
 *        ▼                            ▼ output ended             ▼    ▼
 *     limit, silence, flood, shutdown ────────────────────▶ terminating ──none left──▶ over
 *
 * Every run passes `terminating`, the successful one too: only the look that finds nobody says that none is left.
 * The first cause wins: what comes from `terminating` on is not evidence any more.
 * A cancelled agent is asked to end its turn, which tells what it has cost; a second wish, or its silence, ends it.
 * Once the result is there the turn is over, and neither limit nor cancel can undo it.
 */
export const agentRunMachine = setup({
  types: {
    context: {} as RunContext,
    input: {} as RunInput,
    events: {} as RunEvent,
    output: {} as RunOutput,
    children: {} as { agent: 'agentProcess'; noteProcess: 'noteProcess'; terminate: 'terminate' },
  },
  actors: {
    agentProcess: fromCallback<AgentCommand, RunRequest>(unprovided('agentProcess')),
    /** Stores who the process is, for recovery after a crash. */
    noteProcess: fromPromise<
      undefined,
      { task: ClaimedTask; agent: RunnableAgent; identity: ProcessIdentity | undefined }
    >(unprovided('noteProcess')),
    terminate: fromPromise<
      TerminationReport,
      { task: ClaimedTask; identity: ProcessIdentity | undefined; graceMs: number }
    >(unprovided('terminate')),
  },
  actions: {
    /** Tells observers of the text that `agent.text` brought. */
    announceText: unprovided('announceText'),
    /** Tells observers of the progress that `agent.progress` brought. */
    announceProgress: unprovided('announceProgress'),
    keepIdentity: assign({ identity: (_, identity: ProcessIdentity | undefined) => identity }),
    keepEvidence: assign({
      evidence: ({ context }, news: Partial<RunEvidence>) => ({ ...context.evidence, ...news }),
    }),
    keepExit: assign({
      evidence: ({ context }, exit: LastWords & { code: number | null; signal: string | null }) => ({
        ...withLastWords(context.evidence, exit),
        exit: { code: exit.code, signal: exit.signal },
      }),
    }),
    keepLastWords: assign({
      evidence: ({ context }, words: LastWords) => withLastWords(context.evidence, words),
    }),
    countMessages: assign({
      evidence: ({ context }, messages: number) => ({
        ...context.evidence,
        messages: context.evidence.messages + messages,
      }),
    }),
    keepAllowance: assign({ allowanceMs: (_, allowanceMs: number) => allowanceMs }),
    note: assign({
      transcript: ({ context }, entries: readonly TranscriptEntry[]) =>
        withEntries(context.transcript, entries),
    }),
    markDrained: assign({ drained: true }),
    keepProgress: assign({
      progress: ({ event }) => {
        assertEvent(event, 'agent.progress');
        return event.progress;
      },
    }),
    appendText: assign({
      text: ({ context, event }) => {
        assertEvent(event, 'agent.text');
        return withText(context.text, event.text);
      },
    }),
    beginSilence: raise({ type: 'run.silent' }, { id: 'silence', delay: 'silenceLimit' }),
    endSilence: cancel('silence'),
    stopFor: assign({
      evidence: ({ context }, stop: StopCause) => ({
        ...context.evidence,
        stop: context.evidence.stop ?? stop,
      }),
    }),
    keepCleanup: assign({ cleanup: (_, report: TerminationReport) => report }),
    keepCleanupError: assign({ cleanupError: (_, message: string) => message }),
    interrupt: sendTo('agent', { type: 'agent.interrupt' }),
    passOn: sendTo('agent', ({ event }) => {
      assertEvent(event, 'task.steer');
      return { type: 'agent.steer', text: event.text };
    }),
  },
  guards: {
    /** Only the CLI knows the request; whatever else runs is simply ended. */
    canBeAsked: ({ context }) => context.request.agent.kind === 'claude',
    isDrained: ({ context }) => context.drained,
    isNews: ({ context, event }) => event.type === 'agent.progress' && event.progress !== context.progress,
    hasNoResult: ({ context }) => context.evidence.result === undefined,
  },
  delays: {
    runLimit: ({ context }) => context.limits.runMs,
    silenceLimit: ({ context }) => context.limits.silenceMs + context.allowanceMs,
    resultGrace: ({ context }) => context.limits.resultGraceMs,
    interruptLimit: ({ context }) => context.limits.interruptMs,
    drainLimit: ({ context }) => context.limits.drainMs,
  },
}).createMachine({
  id: 'agent-run',
  context: ({ input }) => ({
    ...noRun,
    ...input,
    progress: 'starting the agent',
    identity: undefined,
    drained: false,
    allowanceMs: 0,
  }),
  invoke: {
    id: 'agent',
    src: 'agentProcess',
    input: ({ context }) => context.request,
    onError: {
      target: '.terminating',
      actions: {
        type: 'keepEvidence',
        params: ({ event }) => ({ spawnFailure: { code: 'UNKNOWN', message: messageOf(event.error) } }),
      },
    },
  },
  on: {
    'agent.heard': { actions: { type: 'countMessages', params: ({ event }) => event.messages } },
    'agent.text': { actions: ['appendText', 'announceText'] },
    'agent.progress': { guard: 'isNews', actions: ['keepProgress', 'announceProgress'] },
    'agent.noted': { actions: { type: 'note', params: ({ event }) => event.entries } },
    'agent.refused': {
      actions: { type: 'keepEvidence', params: ({ event: { apiError } }) => ({ apiError }) },
    },
    'agent.limited': {
      actions: { type: 'keepEvidence', params: ({ event: { resetsAt } }) => ({ resetsAt }) },
    },
    'agent.drained': { actions: ['markDrained', { type: 'keepLastWords', params: ({ event }) => event }] },
  },
  initial: 'live',
  states: {
    live: {
      initial: 'spawning',
      exit: 'endSilence',
      after: { runLimit: { target: 'terminating', actions: { type: 'stopFor', params: 'timed-out' } } },
      on: {
        'task.cancel': { target: 'terminating', actions: { type: 'stopFor', params: 'cancelled' } },
        'task.shutdown': { target: 'terminating', actions: { type: 'stopFor', params: 'shutdown' } },
      },
      states: {
        spawning: {
          on: {
            'agent.spawned': {
              target: 'running',
              actions: { type: 'keepIdentity', params: ({ event }) => event.identity },
            },
            'agent.unspawned': {
              target: '#agent-run.terminating',
              actions: {
                type: 'keepEvidence',
                params: ({ event: { code, message } }) => ({ spawnFailure: { code, message } }),
              },
            },
          },
        },
        running: {
          entry: 'beginSilence',
          invoke: {
            id: 'noteProcess',
            src: 'noteProcess',
            input: ({ context: { request, identity } }) => ({
              task: request.task,
              agent: request.agent,
              identity,
            }),
            // Recovery finds the process by its marker too: a run does not fail for this.
            onError: {},
          },
          on: {
            'agent.heard': {
              actions: [
                { type: 'countMessages', params: ({ event }) => event.messages },
                { type: 'keepAllowance', params: ({ event }) => event.allowanceMs },
                'endSilence',
                'beginSilence',
              ],
            },
            'agent.result': {
              target: '#agent-run.settling',
              actions: { type: 'keepEvidence', params: ({ event }) => resultEvidence(event.result) },
            },
            'agent.exited': {
              target: '#agent-run.draining',
              actions: { type: 'keepExit', params: ({ event }) => event },
            },
            'agent.overflowed': {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'output-limit' },
            },
            'run.silent': {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'no-output' },
            },
            'task.steer': { actions: 'passOn' },
            'task.cancel': {
              guard: 'canBeAsked',
              target: '#agent-run.interrupting',
              actions: { type: 'stopFor', params: 'cancelled' },
            },
          },
        },
      },
    },
    interrupting: {
      entry: 'interrupt',
      after: { interruptLimit: 'terminating' },
      on: {
        'agent.result': {
          actions: { type: 'keepEvidence', params: ({ event }) => resultEvidence(event.result) },
        },
        'agent.exited': { target: 'draining', actions: { type: 'keepExit', params: ({ event }) => event } },
        'agent.overflowed': 'terminating',
        'task.cancel': 'terminating',
        'task.shutdown': 'terminating',
      },
    },
    settling: {
      after: { resultGrace: { target: 'terminating', actions: { type: 'stopFor', params: 'lingering' } } },
      on: {
        // A message that came too late to be folded into the turn makes a second one: it may go on while it speaks.
        'agent.heard': { target: 'settling', reenter: true },
        'agent.result': {
          actions: { type: 'keepEvidence', params: ({ event }) => resultEvidence(event.result) },
        },
        'agent.exited': { target: 'draining', actions: { type: 'keepExit', params: ({ event }) => event } },
        'agent.overflowed': { target: 'terminating', actions: { type: 'stopFor', params: 'lingering' } },
        'task.shutdown': { target: 'terminating', actions: { type: 'stopFor', params: 'lingering' } },
      },
    },
    draining: {
      always: { guard: 'isDrained', target: 'terminating' },
      after: { drainLimit: 'terminating' },
      on: {
        'agent.result': {
          actions: { type: 'keepEvidence', params: ({ event }) => resultEvidence(event.result) },
        },
        'agent.overflowed': { guard: 'hasNoResult', actions: { type: 'stopFor', params: 'output-limit' } },
      },
    },
    terminating: {
      invoke: {
        id: 'terminate',
        src: 'terminate',
        input: ({ context: { request, identity, limits } }) => ({
          task: request.task,
          identity,
          graceMs: limits.killGraceMs,
        }),
        onDone: { target: 'over', actions: { type: 'keepCleanup', params: ({ event }) => event.output } },
        onError: {
          target: 'over',
          actions: { type: 'keepCleanupError', params: ({ event }) => messageOf(event.error) },
        },
      },
      on: { 'agent.heard': {}, 'agent.text': {}, 'agent.progress': {} },
    },
    over: { type: 'final' },
  },
  output: ({ context }) => outputOf(context),
});
