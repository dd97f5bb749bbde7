import type { Deed, Deeds } from '../deeds.ts';
import type { FailureKind } from './outcome.ts';

/** What an attempt that was cut off leaves for the next one. */
export interface CutOff {
  /** Counts from 1. */
  attempt: number;
  /** Reason, as a clause for people. */
  why: string;
  /** The session that it went by; null where the agent told of none. */
  sessionId: string | null;
  /** Tool calls that were answered, the last ones. */
  done: Deed[];
  /** Tool calls that were begun and not answered: nobody knows what became of them. */
  unknown: Deed[];
}

/** Ends at which an agent was in the middle of its work; the others came by its own will, or before it began. */
const cutsOff: ReadonlySet<FailureKind> = new Set([
  'crashed',
  'no-result',
  'no-output',
  'timed-out',
  'over-budget',
  'output-limit',
  'out-of-memory',
  'shutdown',
  'asked-again',
  'rate-limited',
  'overloaded',
]);

/** Tools that change nothing: to use one twice does no harm. */
const readingTools: ReadonlySet<string> = new Set([
  'Read',
  'Glob',
  'Grep',
  'LS',
  'NotebookRead',
  'WebFetch',
  'WebSearch',
  'TodoWrite',
  'ToolSearch',
  'BashOutput',
  'mcp__ninjad__recall',
]);

/** What is left of an attempt that ended in this way; undefined where it had not begun, or was not in the middle of it. */
export function cutOffOf(
  { sessionId, done, unknown }: ReturnType<Deeds['read']>,
  { attempt, kind, why }: { attempt: number; kind: FailureKind; why: string },
): CutOff | undefined {
  if (!cutsOff.has(kind) || (sessionId === null && done.length + unknown.length === 0)) return undefined;
  return { attempt, why, sessionId, done, unknown };
}

/** The deeds of which one may have been done and must not be done twice unasked. */
export function doubtsOf(cutOff: CutOff | undefined): Deed[] {
  return cutOff?.unknown.filter(({ tool }) => !readingTools.has(tool)) ?? [];
}

const maxToldChars = 200;

/** The words by which a task in doubt waits for the owner; pages know it by their beginning. */
export function doubtWords(doubts: readonly Deed[]): string {
  const told = doubts.map(({ tool, input }) => `${tool} ${input}`.slice(0, maxToldChars)).join('; ');
  return `in doubt: it was cut off while this was being done, and nobody knows whether it was: ${told}`;
}

/** True for a task that waits for the owner, by what it says. */
export function isInDoubt(progress: string): boolean {
  return progress.startsWith('in doubt:');
}

/** What the owner is told of a task in doubt. */
export function doubtNews(taskId: number, words: string): string {
  return `Task ${taskId} waits for you, ${words}. /go-on ${taskId} or \`ninjad task ${taskId} --go-on\` has it go on, knowing that; /leave ${taskId} or --leave ends it.`;
}

/** The words about a success that took more than one attempt. */
export function repeatWords({ why }: Pick<CutOff, 'why'>): string {
  return `it was interrupted (${why}) and repeated`;
}

/** True for what `repeatWords` says, alone or with more behind it. */
export function saysRepeated(reason: string | null): boolean {
  return reason?.startsWith('it was interrupted (') === true;
}
