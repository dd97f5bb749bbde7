import { isLimitReply, refusalInWords, type RefusalKind, refusalOf, refusalSentence } from './refusal.ts';
import type { AgentResult, ApiError } from './stream-event.ts';
import { clip as clipTo } from './transcript.ts';

/** Why we ended a run ourselves. `lingering`: it had given its result and did not exit. */
export type StopCause =
  | 'timed-out'
  | 'over-budget'
  | 'no-output'
  | 'output-limit'
  | 'out-of-memory'
  | 'cancelled'
  | 'asked-again'
  | 'shutdown'
  | 'lingering';

/** What a run left behind, told without judgement. */
export interface RunEvidence {
  /** The first reason for which we ended it, if we did. */
  stop: StopCause | undefined;
  /** Set when no process came to be: the system's code and its words. */
  spawnFailure: { code: string; message: string } | undefined;
  /** Valid messages of the stream protocol. */
  messages: number;
  /** The last result line that came before we ended it. */
  result: AgentResult | undefined;
  exit: { code: number | null; signal: string | null } | undefined;
  /** True where the result alone proves the end: the exit is not waited for. */
  isProven?: boolean;
  /** The end of standard error. */
  stderr: string;
  /** What the service refused last, and when it takes requests again (milliseconds since the epoch). */
  apiError: ApiError | undefined;
  resetsAt: number | undefined;
  /** True when it was to resume a session that is not there. */
  staleSession: boolean;
  /** True when standard error says that the request was refused as invalid. */
  isInvalid?: boolean;
  /** Why it was refused by its exit status or standard error, where no result says so. */
  refusal?: RefusalKind;
}

/** Every way in which an attempt can fail. */
export type FailureKind =
  | 'not-found'
  | 'not-executable'
  /** The agent could not be held to what the task is held to. */
  | 'unfit'
  | 'crashed'
  | 'no-result'
  | 'protocol'
  | 'stale-session'
  | RefusalKind
  | 'timed-out'
  | 'no-output'
  | 'cancelled'
  | 'asked-again'
  | 'shutdown'
  | 'output-limit'
  | 'out-of-memory';

/** What went wrong; a next attempt before `resetsAt` (milliseconds since the epoch) is in vain. */
export interface Failure {
  kind: FailureKind;
  reason: string;
  resetsAt?: number;
}

export type Outcome = { kind: 'succeeded'; reply: string; note?: string } | Failure;

/** Stands in place of the system's code for a start that was not tried. */
export const unfitCode = 'UNFIT';

const maxReasonChars = 600;

/**
 * Judges a run. Success is a conjunction: a result line that is no error, exit 0, and we did not end it,
 * since each alone has been seen to lie. The exceptions are a result that proves the end by itself, and a CLI that hangs
 * *after* its result: its turn was over, and to run it again would do its work twice.
 */
export function outcomeOf(evidence: RunEvidence, now = Date.now()): Outcome {
  const { stop, spawnFailure, result, staleSession } = evidence;
  if (spawnFailure !== undefined) return notSpawned(spawnFailure);
  if (stop !== undefined && stop !== 'lingering') return { kind: stop, reason: stopReasons[stop] };
  if (staleSession)
    return { kind: 'stale-session', reason: 'the session to resume is not known to the agent' };
  if (result === undefined) return withoutResult(evidence, now);
  if (result.isError || isLimitReply(result.text)) return refused(result, evidence, now);
  return withResult(result, evidence);
}

/** True for a result that needs no exit to be believed: the CLI says that it came to its own end, and nothing speaks against it. */
export function provesEnd(result: AgentResult): boolean {
  const nothingElse = { stop: undefined, spawnFailure: undefined, messages: 1, exit: undefined, stderr: '' };
  const evidence = { ...nothingElse, apiError: undefined, resetsAt: undefined, staleSession: false };
  const isLast = result.isComplete === true && (result.openTasks ?? 0) === 0;
  return isLast && outcomeOf({ ...evidence, result, isProven: true }).kind === 'succeeded';
}

const stopReasons: Record<Exclude<StopCause, 'lingering'>, string> = {
  'timed-out': 'the agent was still running at its time limit and was ended',
  'over-budget':
    'the agent reached the most that this run may cost, by an estimate of the tokens that it has used, and was ended',
  'no-output': 'the agent gave no sign of life for too long and was ended',
  'output-limit': 'the agent wrote more output than is allowed and was ended',
  'out-of-memory':
    'running agents took more memory than `tasks.maxMemory` allows, this one the most, and it was ended',
  cancelled: 'cancelled',
  'asked-again': 'the owner asked again, since no word came',
  shutdown: 'the daemon was stopping; the task goes on at its next start',
};

function notSpawned({ code, message }: { code: string; message: string }): Outcome {
  if (code === 'ENOENT')
    return { kind: 'not-found', reason: clip(`the agent's program is not there: ${message}`) };
  if (code === unfitCode) return { kind: 'unfit', reason: clip(message) };
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENOEXEC') {
    return { kind: 'not-executable', reason: clip(`the agent's program cannot be executed: ${message}`) };
  }
  return { kind: 'crashed', reason: clip(`the agent could not be started (${code}): ${message}`) };
}

function refused(result: AgentResult, { apiError, resetsAt }: RunEvidence, now: number): Outcome {
  const refusal = refusalOf({ result, apiError, resetsAt }, now);
  return { ...refusal, reason: clip(refusalSentence(refusal, errorOf(result))) };
}

function withResult(result: AgentResult, { stop, exit, stderr, isProven = false }: RunEvidence): Outcome {
  const isUnfinished = (result.openTasks ?? 0) > 0;
  if (stop === 'lingering') {
    return { kind: 'succeeded', reply: result.text, note: isUnfinished ? unfinished : lingered };
  }
  if (exit?.code !== 0 && !isProven) {
    return {
      kind: 'crashed',
      reason: clip(`the agent gave a result, but ${exitOf(exit)}${lastWords(stderr)}`),
    };
  }
  if (result.text === '' && result.deniedTools.length > 0) {
    const tools = [...new Set(result.deniedTools)].join(', ');
    return { kind: 'permission-denied', reason: clip(refusalSentence({ kind: 'permission-denied' }, tools)) };
  }
  return { kind: 'succeeded', reply: result.text, ...(isUnfinished && { note: unfinished }) };
}

const lingered = 'the agent did not exit after its result and was ended';
const unfinished = 'background tasks of the agent were not through when it ended';

function withoutResult({ exit, messages, stderr, refusal: known }: RunEvidence, now: number): Outcome {
  const said = exit?.code === 0 ? undefined : refusalInWords(stderr, now);
  const refusal = known === undefined ? said : { ...said, kind: known };
  if (refusal !== undefined && exit?.signal === null)
    return { ...refusal, reason: clip(refusalSentence(refusal, stderr.trim().slice(-maxReasonChars / 2))) };
  if (exit?.code !== 0)
    return { kind: 'crashed', reason: clip(`the agent ${exitOf(exit)}${lastWords(stderr)}`) };
  if (messages === 0) {
    return {
      kind: 'protocol',
      reason: clip(`the agent exited without one message of the stream-json protocol${lastWords(stderr)}`),
    };
  }
  return { kind: 'no-result', reason: clip(`the agent exited before it gave a result${lastWords(stderr)}`) };
}

function exitOf(exit: RunEvidence['exit']): string {
  if (exit === undefined) return 'ended in an unknown way';
  return exit.signal === null ? `exited with code ${exit.code ?? '?'}` : `was killed by ${exit.signal}`;
}

function errorOf({ text, errors, subtype }: AgentResult): string {
  // What an error says of itself comes before what it is called.
  return [...errors, text].filter((part) => part !== '').join('; ') || subtype;
}

function lastWords(stderr: string): string {
  const words = stderr.trim();
  return words === '' ? '' : `; its last words: ${words.slice(-maxReasonChars / 2)}`;
}

function clip(reason: string): string {
  return clipTo(reason.replaceAll('\0', ''), maxReasonChars);
}
