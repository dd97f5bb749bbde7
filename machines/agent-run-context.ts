import type { AgentFact } from '../actors/agent-process.ts';
import type { RunRequest } from '../src/lib/agent/launch.ts';
import type { TaskLimits } from '../src/lib/agent/limits.ts';
import type { RunEvidence } from '../src/lib/agent/outcome.ts';
import type { AgentResult } from '../src/lib/agent/stream-event.ts';
import type { Transcript, TranscriptEntry } from '../src/lib/agent/transcript.ts';
import type { ProcessIdentity } from '../src/lib/process/identity.ts';
import type { TerminationReport } from '../src/lib/process/kill-family.ts';

export interface RunInput {
  request: RunRequest;
  limits: TaskLimits;
}

export type RunEvent =
  | AgentFact
  | { type: 'task.cancel' }
  /** The daemon stops. */
  | { type: 'task.shutdown' }
  | { type: 'task.steer'; text: string }
  /** To itself: no output for too long. */
  | { type: 'run.silent' };

/** What a run left behind: evidence to judge, the words so far, what it did, and how its processes went. */
export interface RunOutput {
  evidence: RunEvidence;
  text: string;
  progress: string;
  transcript: Transcript;
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
  cleanup: undefined,
  cleanupError: undefined,
};

/** Evidence with the end of standard error; a session once called stale stays so. */
export function withLastWords(evidence: RunEvidence, { stderr, staleSession }: LastWords): RunEvidence {
  return { ...evidence, stderr, staleSession: evidence.staleSession || staleSession };
}

/** What a result line says as evidence. */
export function resultEvidence(result: AgentResult): Partial<RunEvidence> {
  return { result, staleSession: result.staleSession };
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

/** What a finished run hands over. */
export function outputOf(context: RunContext): RunOutput {
  const { evidence, text, progress, transcript, cleanup, cleanupError } = context;
  return { evidence, text, progress, transcript, cleanup, cleanupError };
}
