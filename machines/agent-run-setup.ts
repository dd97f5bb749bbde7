import { assertEvent, assign, cancel, fromCallback, fromPromise, raise, sendTo, setup } from 'xstate';
import type { AgentCommand } from '../actors/agent-process.ts';
import type { RunnableAgent } from '../src/lib/agent/kinds/kinds.ts';
import type { RunRequest } from '../src/lib/agent/launch.ts';
import type { RunEvidence, StopCause } from '../src/lib/agent/outcome.ts';
import type { AgentResult } from '../src/lib/agent/stream-event.ts';
import type { TranscriptEntry } from '../src/lib/agent/transcript.ts';
import type { ProcessIdentity } from '../src/lib/process/identity.ts';
import type { TerminationReport } from '../src/lib/process/kill-family.ts';
import type { UsageByModel } from '../src/lib/spend/model-usage.ts';
import type { ClaimedTask } from '../src/lib/store/tasks/claim.ts';
import type { FollowUp } from '../src/lib/agent/follow-ups.ts';
import {
  type LastWords,
  type RunContext,
  type RunEvent,
  type RunInput,
  type RunOutput,
  withAnswered,
  withEntries,
  withHanded,
  withLastWords,
  withResult,
  withSteer,
  withStop,
  withTaken,
  withText,
} from './agent-run-context.ts';
import { followUpsMachine } from './follow-ups.ts';

const unprovided = (name: string) => (): never => {
  throw new Error(`agent-run machine: "${name}" was not provided`);
};

const base = setup({
  types: {
    context: {} as RunContext,
    input: {} as RunInput,
    events: {} as RunEvent,
    output: {} as RunOutput,
    children: {} as {
      agent: 'agentProcess';
      followUps: 'followUps';
      noteProcess: 'noteProcess';
      terminate: 'terminate';
    },
  },
  actors: {
    agentProcess: fromCallback<AgentCommand, RunRequest>(unprovided('agentProcess')),
    followUps: followUpsMachine,
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
});

/** What a run of the agent does, decides by and waits for; `agent-run.ts` says when. */
export const agentRunSetup = base.extend({
  actions: {
    /** Tells observers of the text that `agent.text` brought. */
    announceText: unprovided('announceText'),
    /** Tells observers of the progress that `agent.progress` brought. */
    announceProgress: unprovided('announceProgress'),
    /** Tells observers of the transcript's entries that `agent.noted` brought. */
    announceEntries: unprovided('announceEntries'),
    keepIdentity: assign({ identity: (_, identity: ProcessIdentity | undefined) => identity }),
    keepEvidence: assign({
      evidence: ({ context }, news: Partial<RunEvidence>) => ({ ...context.evidence, ...news }),
    }),
    keepResult: assign({
      evidence: ({ context }, result: AgentResult) => withResult(context.evidence, result),
      followUps: ({ context }) => withAnswered(context.followUps),
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
    keepUnbilled: assign({ unbilled: (_, unbilled: UsageByModel) => unbilled }),
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
      evidence: ({ context }, cause: StopCause) => withStop(context.evidence, cause),
    }),
    keepCleanup: assign({ cleanup: (_, report: TerminationReport) => report }),
    keepCleanupError: assign({ cleanupError: (_, message: string) => message }),
    interrupt: sendTo('agent', { type: 'agent.interrupt' }),
    passOn: sendTo('agent', ({ event }) => {
      assertEvent(event, 'task.steer');
      return { type: 'agent.steer', text: event.text };
    }),
    keepSteer: assign({
      steers: ({ context, event }) => {
        assertEvent(event, 'task.steer');
        return withSteer(context.steers, event.text);
      },
    }),
    passKeptOn: base.enqueueActions(({ context, enqueue }) => {
      for (const text of context.steers) enqueue.sendTo('agent', { type: 'agent.steer', text });
    }),
    wakeFollowUps: sendTo('followUps', { type: 'task.wake' }),
    handOver: assign({
      followUps: ({ context }, messages: readonly FollowUp[]) => withHanded(context.followUps, messages),
    }),
    passMessagesOn: base.enqueueActions(({ event, enqueue }) => {
      assertEvent(event, 'run.followUps');
      for (const { id, text } of event.messages)
        enqueue.sendTo('agent', { type: 'agent.steer', text, messageId: id });
    }),
    markTaken: assign({ followUps: ({ context }, id: number) => withTaken(context.followUps, id) }),
  },
  guards: {
    /** Whatever does not know the request is simply ended. */
    canBeAsked: ({ context }) => context.request.agent.rules.interrupts,
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
});
