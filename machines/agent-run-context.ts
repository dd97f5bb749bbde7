import type { AgentFact } from '../actors/agent-process.ts';
import type { RunRequest } from '../src/lib/agent/launch.ts';
import type { TaskLimits } from '../src/lib/agent/limits.ts';
import type { RunEvidence, StopCause } from '../src/lib/agent/outcome.ts';
import type { AgentResult } from '../src/lib/agent/stream-event.ts';
import type { Transcript, TranscriptEntry } from '../src/lib/agent/transcript.ts';
import type { FollowUp } from '../src/lib/agent/follow-ups.ts';
import type { UsageByModel } from '../src/lib/spend/model-usage.ts';
import type { ProcessIdentity } from '../src/lib/process/identity.ts';
import type { TerminationReport } from '../src/lib/process/kill-family.ts';

export interface RunInput {
  request: RunRequest;
  limits: TaskLimits;
  /** What the owner said to the task before this run: the agent is told when it is there. */
  steers: readonly string[];
}

export type RunEvent =
  | AgentFact
  | { type: 'task.cancel' }
  /** The daemon stops. */
  | { type: 'task.shutdown' }
  | { type: 'task.steer'; text: string }
  /** Rows were queued; one may belong to this conversation. */
  | { type: 'task.wake' }
  /** Messages of the conversation that this run is to take in. */
  | { type: 'run.followUps'; messages: readonly FollowUp[] }
  /** To itself: no output for too long. */
  | { type: 'run.silent' };

/** A queued message of the conversation that was handed to the running agent. */
export interface HandedMessage {
  id: number;
  eventId: number;
  /** The agent has taken it into a turn. */
  taken: boolean;
  /** That turn has come to its end. */
  answered: boolean;
}

/** What a run left behind: evidence to judge, the words so far, what it did, and how its processes went. */
export interface RunOutput {
  evidence: RunEvidence;
  text: string;
  progress: string;
  transcript: Transcript;
  followUps: readonly HandedMessage[];
  /** The tokens since the last result, by model: what no result accounts for. */
  unbilled: UsageByModel;
  /** True where the CLI ended by itself or on SIGTERM: only then does its session remember what the run has cost. */
  endedItself: boolean;
  cleanup: TerminationReport | undefined;
  /** Why the look for survivors failed, if it did. */
  cleanupError: string | undefined;
}

/** What the machine remembers. */
export interface RunContext extends RunOutput, RunInput {
  identity: ProcessIdentity | undefined;
  drained: boolean;
  /** How much longer than usual the agent may be silent, in milliseconds: a tool is at work. */
  allowanceMs: number;
}

/** The end of standard error, and whether it complains about the session. */
export interface LastWords {
  stderr: string;
  staleSession: boolean;
}

const maxTextChars = 256 * 1024;
const maxSteers = 100;
/** Entries are clipped: together under a million characters a run, and far less in practice. */
const maxHeadEntries = 100;
const maxTailEntries = 200;

/** What is known before a run begins, or without one. */
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
export function withLastWords(evidence: RunEvidence, { stderr, staleSession }: LastWords): RunEvidence {
  return { ...evidence, stderr, staleSession: evidence.staleSession || staleSession };
}

/** Evidence with one more result: a message that came too late for its turn makes a second one, and both are the reply. */
export function withResult(evidence: RunEvidence, result: AgentResult): RunEvidence {
  const said = evidence.result?.isError === false ? evidence.result.text : '';
  const text = said === '' || result.isError ? result.text : `${said}\n\n${result.text}`.trimEnd();
  return { ...evidence, result: { ...result, text }, staleSession: result.staleSession };
}

/** What waits for the agent with one more; of very many the last ones. */
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
  const stop = evidence.result !== undefined && cause !== 'cancelled' ? 'lingering' : cause;
  return { ...evidence, stop: evidence.stop ?? stop };
}

/** What a finished run hands over. */
export function outputOf(context: RunContext): RunOutput {
  const { evidence, text, progress, transcript, followUps, unbilled, cleanup, cleanupError } = context;
  const endedItself = hasEndedItself(context);
  return { evidence, text, progress, transcript, followUps, unbilled, endedItself, cleanup, cleanupError };
}

function hasEndedItself({ evidence: { exit }, identity, cleanup }: RunContext): boolean {
  if (exit !== undefined) return exit.code !== null;
  return cleanup !== undefined && !cleanup.killed.some(({ pid }) => pid === identity?.pid);
}
