import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import type { FollowUp } from '../../src/tasks/run/follow-ups.ts';
import type { RunEvidence, StopCause } from '../../src/tasks/run/outcome.ts';
import type { AgentResult } from '../../src/tasks/run/stream-event.ts';
import type { Transcript, TranscriptEntry } from '../../src/tasks/run/transcript.ts';
import type { FollowUpsFact } from '../follow-ups/protocol.ts';
import type { AgentFact, HandedMessage, LastWords, RunCommand, RunInput, RunOutput } from './protocol.ts';

/** Events of a run. */
export type RunEvent =
  | RunCommand
  | AgentFact
  | FollowUpsFact
  /** To itself: no output for too long. */
  | { type: 'run.silent' }
  /** To itself: no output for so long that the owner is told. */
  | { type: 'run.quiet' }
  /** To itself: the background tasks are through, and no turn tells of them. */
  | { type: 'run.idle' };

/** Memory of the machine. */
export interface RunContext extends RunOutput, RunInput {
  identity: ProcessIdentity | undefined;
  /** The agent was started before the task was known. */
  isAhead: boolean;
  drained: boolean;
  /** When the run began, in milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds that the agent may be silent beyond the usual: a tool is at work. */
  allowanceMs: number;
}

const maxTextChars = 256 * 1024;
const maxSteers = 100;
/** Entries are clipped: together under a million characters a run, and far less in practice. */
const maxHeadEntries = 100;
const maxTailEntries = 200;

/** Output before a run begins, or without one. */
export const noRun: RunOutput = {
  evidence: {
    stop: undefined,
    spawnFailure: undefined,
    messages: 0,
    result: undefined,
    exit: undefined,
    stderr: '',
    apiError: undefined,
    resetsAt: undefined,
    staleSession: false,
  },
  text: '',
  progress: '',
  transcript: { head: [], tail: [], omitted: 0 },
  followUps: [],
  unbilled: {},
  endedItself: false,
  cleanup: undefined,
  cleanupError: undefined,
};

/** Evidence with the end of standard error; a session once called stale stays so. */
export function withLastWords(
  evidence: RunEvidence,
  { stderr, staleSession, isInvalid = false, refusal }: LastWords,
): RunEvidence {
  return {
    ...evidence,
    stderr,
    staleSession: evidence.staleSession || staleSession,
    ...(isInvalid && { isInvalid }),
    ...(refusal !== undefined && { refusal }),
  };
}

/**
 * Evidence with one more result: a message that came too late for its turn makes a second one, and both are the reply. A
 * turn that left background tasks was no answer, so the one after it takes its place, where that says anything.
 */
export function withResult(evidence: RunEvidence, result: AgentResult): RunEvidence {
  const before = evidence.result?.isError === false ? evidence.result : undefined;
  const said = isInterim(before) && result.text !== '' ? '' : (before?.text ?? '');
  const text = said === '' || result.isError ? result.text : `${said}\n\n${result.text}`.trimEnd();
  return { ...evidence, result: { ...result, text }, staleSession: result.staleSession };
}

/** True for a result that left background tasks. */
export function isInterim(result: AgentResult | undefined): boolean {
  return (result?.openTasks ?? 0) > 0;
}

/** The waiting messages for the agent with one more; of very many the last ones. */
export function withSteer(steers: readonly string[], text: string): string[] {
  return [...steers, text].slice(-maxSteers);
}

/** The handed messages with further ones, which the agent has not taken yet. */
export function withHanded(
  followUps: readonly HandedMessage[],
  messages: readonly FollowUp[],
): HandedMessage[] {
  return [
    ...followUps,
    ...messages.map(({ id, eventId }) => ({ id, eventId, taken: false, answered: false })),
  ];
}

/** The handed messages when the agent has taken this one. */
export function withTaken(followUps: readonly HandedMessage[], id: number): HandedMessage[] {
  return followUps.map((message) => (message.id === id ? { ...message, taken: true } : message));
}

/** The handed messages at the end of a turn. */
export function withAnswered(followUps: readonly HandedMessage[]): HandedMessage[] {
  return followUps.map((message) => ({ ...message, answered: message.taken }));
}

/** The reply so far with more at its end, bounded at 256 Ki characters. */
export function withText(text: string, more: string): string {
  const room = maxTextChars - text.length;
  return room > 0 ? text + more.slice(0, room) : text;
}

/** The transcript with more at its end; past the bound the oldest of what is neither beginning nor end makes room. */
export function withEntries(transcript: Transcript, entries: readonly TranscriptEntry[]): Transcript {
  const room = maxHeadEntries - transcript.head.length;
  const head = room > 0 ? [...transcript.head, ...entries.slice(0, room)] : transcript.head;
  const tail = [...transcript.tail, ...entries.slice(Math.max(0, room))];
  const excess = Math.max(0, tail.length - maxTailEntries);
  return { head, tail: tail.slice(excess), omitted: transcript.omitted + excess };
}

/** Evidence with our reason to end the run; the first one stands, and only the owner's wish undoes a result. */
export function withStop(evidence: RunEvidence, cause: StopCause): RunEvidence {
  // A run that waited for its background tasks has not answered: it goes on at the next start.
  const undoes = cause === 'cancelled' || (cause === 'shutdown' && isInterim(evidence.result));
  const stop = evidence.result !== undefined && !undoes ? 'lingering' : cause;
  return { ...evidence, stop: evidence.stop ?? stop };
}

/** Output of a finished run. */
export function outputOf(context: RunContext): RunOutput {
  const { evidence, text, progress, transcript, followUps, unbilled, cleanup, cleanupError } = context;
  const endedItself = hasEndedItself(context);
  return {
    ...{ evidence, text, progress, transcript, followUps, unbilled, endedItself },
    ...(isLostAhead(context) && { lostAhead: true }),
    cleanup,
    cleanupError,
  };
}

/** An agent at work tells so first: one that has said nothing has not been at it. */
function isLostAhead({ isAhead, evidence: { messages, stop } }: RunContext): boolean {
  return isAhead && messages === 0 && (stop === undefined || stop === 'no-output');
}

/** Output of a run whose result proves the end; the processes may still be there. */
export function answerOf(context: RunContext): RunOutput {
  const output = outputOf(context);
  return { ...output, evidence: { ...output.evidence, isProven: true }, endedItself: true };
}

function hasEndedItself({ evidence: { exit }, identity, cleanup }: RunContext): boolean {
  if (exit !== undefined) return exit.code !== null;
  return cleanup !== undefined && !cleanup.killed.some(({ pid }) => pid === identity?.pid);
}

const minuteMs = 60_000;

/** The words about a silence: how long it has lasted by `now`, and until when it is borne. */
export function quietWords(
  { startedAt, limits: { quietMs = 0, silenceMs, runMs }, allowanceMs }: RunContext,
  now = Date.now(),
): string {
  const until = Math.min(startedAt + runMs, now - quietMs + silenceMs);
  return `no word from the model for ${spanOf(quietMs + allowanceMs)}; it is tried until ${clockTime(until)}`;
}

function spanOf(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

function clockTime(ms: number): string {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
