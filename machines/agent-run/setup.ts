import { assertEvent, assign, cancel, fromCallback, fromPromise, raise, sendTo, setup } from 'xstate';
import type { RunRequest } from '../../src/tasks/run/launch.ts';
import type { RunEvidence, StopCause } from '../../src/tasks/run/outcome.ts';
import type { AgentResult } from '../../src/tasks/run/stream-event.ts';
import type { TranscriptEntry } from '../../src/tasks/run/transcript.ts';
import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import type { TerminationReport } from '../../src/lib/process/kill-family.ts';
import type { UsageByModel } from '../../src/spend/model-usage.ts';
import type { FollowUp } from '../../src/tasks/run/follow-ups.ts';
import {
  answerOf,
  isInterim,
  quietWords,
  type RunContext,
  type RunEvent,
  withAnswered,
  withEntries,
  withHanded,
  withLastWords,
  withResult,
  withSteer,
  withStop,
  withTaken,
  withText,
} from './context.ts';
import { followUpsMachine } from '../follow-ups/machine.ts';
import { placeholder } from '../lib/placeholder.ts';
import type {
  AgentCommand,
  LastWords,
  ProcessNote,
  RunInput,
  RunOutput,
  TerminationRequest,
} from './protocol.ts';

const HUMAN = 0;
/** Of a timer, in milliseconds: more would pass for nothing. */
const longestDelayMs = 2 ** 31 - 1;
/** An agent that stood ready says within a tenth of a second that it has begun; one that does not is no use. */
const firstWordMs = 15_000;

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
    agentProcess: fromCallback<AgentCommand, RunRequest>(placeholder('agent-run', 'agentProcess')),
    followUps: followUpsMachine,
    /** Stores who the process is, for recovery after a crash, and what it was given. */
    noteProcess: fromPromise<undefined, ProcessNote>(placeholder('agent-run', 'noteProcess')),
    terminate: fromPromise<TerminationReport, TerminationRequest>(placeholder('agent-run', 'terminate')),
  },
});

/** Actors, actions, guards and delays of a run; `machine.ts` says when. */
export const agentRunSetup = base.extend({
  actions: {
    /** Tells observers of the text that `agent.text` brought. */
    announceText: placeholder('agent-run', 'announceText'),
    /** Tells observers of the progress that `agent.progress` brought. */
    announceProgress: placeholder('agent-run', 'announceProgress'),
    /** Tells observers of the transcript's entries that `agent.noted` brought. */
    announceEntries: placeholder('agent-run', 'announceEntries'),
    /** Tells the owner that no word comes; what is told is the progress by now. */
    announceQuiet: placeholder('agent-run', 'announceQuiet'),
    keepQuiet: assign({ progress: ({ context }) => quietWords(context) }),
    beginQuiet: raise({ type: 'run.quiet' }, { id: 'quiet', delay: 'quietLimit' }),
    endQuiet: cancel('quiet'),
    keepIdentity: assign({ identity: (_, identity: ProcessIdentity | undefined) => identity }),
    keepAhead: assign({ isAhead: (_, isAhead: boolean) => isAhead }),
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
    awaitTurn: raise({ type: 'run.idle' }, { id: 'idle', delay: 'resultGrace' }),
    endAwaiting: cancel('idle'),
    finishInput: sendTo('agent', { type: 'agent.finish' }),
    stopFor: assign({
      evidence: ({ context }, cause: StopCause) => withStop(context.evidence, cause),
    }),
    keepCleanup: assign({ cleanup: (_, report: TerminationReport) => report }),
    keepCleanupError: assign({ cleanupError: (_, message: string) => message }),
    /** A person who waits has the answer before the agent has gone. */
    tellAnswer: base.enqueueActions(({ context, enqueue, self }) => {
      if (self._parent !== undefined) enqueue.sendParent({ type: 'run.answered', output: answerOf(context) });
    }),
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
    /** An agent that does not know the request is simply ended. */
    canBeAsked: ({ context }) => context.request.agent.rules.interrupts,
    mayGoOn: ({ context }) => context.request.agent.rules.hears,
    isStale: (_, result: AgentResult) => result.staleSession,
    leavesTasks: (_, result: AgentResult) => isInterim(result),
    /** Of nobody's but a person's task: whoever else asks is told when nothing of it moves any more. */
    mayTellAnswer: ({ context: { request, evidence } }, provesEnd: boolean | undefined) =>
      provesEnd === true &&
      request.task.priority === HUMAN &&
      evidence.stop === undefined &&
      !evidence.staleSession,
    isDrained: ({ context }) => context.drained,
    isNews: ({ context, event }) => event.type === 'agent.progress' && event.progress !== context.progress,
    hasNoResult: ({ context }) => context.evidence.result === undefined,
  },
  delays: {
    runLimit: ({ context }) => context.limits.runMs,
    quietLimit: ({ context: { limits, allowanceMs } }) =>
      limits.quietMs === undefined ? longestDelayMs : limits.quietMs + allowanceMs,
    silenceLimit: ({ context: { limits, allowanceMs, isAhead, evidence } }) =>
      isAhead && evidence.messages === 0
        ? Math.min(limits.silenceMs, firstWordMs)
        : limits.silenceMs + allowanceMs,
    resultGrace: ({ context }) => context.limits.resultGraceMs,
    interruptLimit: ({ context }) => context.limits.interruptMs,
    drainLimit: ({ context }) => context.limits.drainMs,
  },
});
