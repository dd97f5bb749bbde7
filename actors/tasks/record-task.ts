import { fromPromise } from 'xstate';
import type { Bus } from '../../src/lib/bus.ts';
import type { RunnableAgent } from '../../src/lib/agent/kinds/kinds.ts';
import { withNextStep } from '../../src/lib/agent/next-step.ts';
import { type FailureKind, type Outcome, outcomeOf, type RunEvidence } from '../../src/lib/agent/outcome.ts';
import { type RetryPolicy, type Verdict, verdictOf } from '../../src/lib/agent/retry.ts';
import { waitsForMoney } from '../../src/lib/agent/refusal.ts';
import type { Transcript } from '../../src/lib/agent/transcript.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import type { TerminationReport } from '../../src/lib/process/kill-family.ts';
import type { RecalledMemory } from '../../src/lib/recall/recall.ts';
import type { UsageByModel } from '../../src/lib/spend/model-usage.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { ClaimedTask } from '../../src/lib/store/tasks/claim.ts';
import { recordOutcome } from '../../src/lib/store/tasks/record-outcome.ts';
import { keepTranscript, pruneTranscripts } from '../../src/lib/store/tasks/transcripts.ts';
import { announceMessages, announceTask } from './announce.ts';

/** A message that was handed to the running agent, and what became of it there. */
export interface HeardMessage {
  id: number;
  /** The agent has taken it into a turn; and that turn has come to its end. */
  taken: boolean;
  answered: boolean;
}

/** Everything an attempt left behind. */
export interface RecordRequest {
  task: ClaimedTask;
  agent: RunnableAgent | undefined;
  memories: readonly RecalledMemory[];
  /** Why nothing could be recalled; null where it could. */
  withoutMemories: string | null;
  /** The session that the last run resumed, or null. */
  resumed: string | null;
  /** True when the conversation's session proved stale. */
  staleSession: boolean;
  evidence: RunEvidence;
  text: string;
  progress: string;
  transcript: Transcript;
  /** The messages that were steered into it. */
  followUps: readonly HeardMessage[];
  unbilled: UsageByModel;
  endedItself: boolean;
  cleanup: TerminationReport | undefined;
  cleanupError: string | undefined;
}

/** How the attempt ended, as it stands in the row. `superseded`: it was no longer ours to record. */
export interface RecordedTask {
  state: 'done' | 'failed' | 'dead' | 'cancelled' | 'queued' | 'superseded';
  outcome: string;
  reply: string;
  reason?: string;
}

export interface RecordTaskDeps {
  store: Store;
  bus: Pick<Bus, 'emit'>;
  /** Asked at each attempt's end. */
  retryPolicy: () => RetryPolicy;
  /** When a run that was over its budget may spend again; undefined where no cap has cut it short. */
  moneyReturns?: (task: ClaimedTask, now: Date) => Date | undefined;
  /** How many days transcripts are kept. Default 30. */
  transcriptDays?: () => number;
  now?: () => Date;
}

const DAY = 24 * 60 * 60_000;
const HUMAN = 0;
const defaultTranscriptDays = 30;

/**
 * Judges an attempt, decides what becomes of the task, and records both, with what the attempt did.
 * Of a failure that only the owner can end they are told once, until a task succeeds again.
 * Rejects with `StoreAwayError` while it cannot record.
 */
export function createRecordTask(deps: RecordTaskDeps) {
  const { store, bus, retryPolicy, now = () => new Date() } = deps;
  const notices = createOwnerNotices();
  return fromPromise<RecordedTask, RecordRequest>(async ({ input }) => {
    const { task, agent, evidence } = input;
    const at = now();
    const judged = outcomeOf(evidence);
    const attempt = { number: task.attempt, isAwaited: task.priority === HUMAN };
    const moneyReturns = deps.moneyReturns?.(task, at);
    const options = { now: at.getTime(), moneyReturnsAt: moneyReturns?.getTime() };
    const verdict = verdictOf(judged, attempt, retryPolicy(), options);
    const waits = judged.kind === 'over-budget' && verdict.state === 'queued' && moneyReturns !== undefined;
    const outcome = waits
      ? { ...judged, reason: waitsForMoney(moneyReturns) }
      : withNextStep(judged, { taskId: task.id, attempt: task.attempt, verdict });
    const reply = outcome.kind === 'succeeded' ? outcome.reply : input.text;
    const messages = await recordOutcome(store, {
      task,
      outcome,
      verdict,
      reply,
      progress: input.progress,
      agent: agentRecord(agent),
      memories: givenMemories(input.memories),
      sessionId: evidence.result?.sessionId ?? null,
      resumed: input.resumed,
      keepSession: agent?.rules.resumes === true && leftSession(outcome, evidence),
      staleSession: input.staleSession,
      sessionCostUsd: evidence.result?.totalCostUsd,
      usage: evidence.result?.usage ?? null,
      unbilled: input.unbilled,
      endedItself: input.endedItself,
      heard: heardOf(input.followUps, verdict),
      note: noteOf(input, outcome.kind === 'succeeded' ? outcome.note : undefined),
      notice: notices.of(outcome),
      now: at,
    });
    const ended: RecordedTask = {
      state: messages === undefined ? 'superseded' : verdict.state,
      outcome: outcome.kind,
      reply,
      ...('reason' in outcome && { reason: outcome.reason }),
    };
    if (messages === undefined) return ended;
    await keepHistory(deps, input, at);
    // Another task may have told it while this one was recorded.
    const notice = notices.of(outcome);
    notices.told(outcome);
    if (notice !== undefined) bus.emit('owner.notice', { origin: 'agent', text: notice, taskId: task.id });
    announceMessages(bus, messages, { hostId: task.id, reply });
    if (ended.state === 'queued') announceTask(bus, { ...ended, taskId: task.id, eventId: task.eventId });
    return ended;
  });
}

/** An answer ends a message; so does the owner's wish to stop, from the moment on when the agent has read it. */
function heardOf(followUps: readonly HeardMessage[], { state }: Verdict): number[] {
  return followUps
    .filter(({ taken, answered }) => (state === 'cancelled' ? taken : answered))
    .map(({ id }) => id);
}

/** A turn that the owner interrupted stands in its session like one that ended by itself; a failed run's may not. */
function leftSession(outcome: Outcome, { result }: RunEvidence): boolean {
  return outcome.kind === 'succeeded' || (outcome.kind === 'cancelled' && result !== undefined);
}

/** The outcome stands by now: that its story cannot be told must not undo it. */
async function keepHistory(
  { store, transcriptDays = () => defaultTranscriptDays }: RecordTaskDeps,
  { task, transcript }: RecordRequest,
  now: Date,
): Promise<void> {
  try {
    await keepTranscript(store, { task, transcript, now });
    await pruneTranscripts(store, new Date(now.getTime() - transcriptDays() * DAY));
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
  }
}

const needsOwner: ReadonlySet<FailureKind> = new Set(['not-logged-in', 'out-of-credit', 'rate-limited']);

/** Of each kind of failure the owner is told once, until a task has succeeded again. */
function createOwnerNotices() {
  let told: FailureKind | undefined;
  return {
    of: (outcome: Outcome): string | undefined =>
      outcome.kind !== 'succeeded' && needsOwner.has(outcome.kind) && told !== outcome.kind
        ? outcome.reason
        : undefined,
    told(outcome: Outcome): void {
      if (outcome.kind === 'succeeded') told = undefined;
      else if (needsOwner.has(outcome.kind)) told = outcome.kind;
    },
  };
}

/** What a row says about the memories that were given. */
export function givenMemories(memories: readonly RecalledMemory[]) {
  return memories.map(({ id, kind, score }) => ({ id, kind, score }));
}

/** What a row says about the agent that ran it. */
export function agentRecord(agent: RunnableAgent | undefined) {
  if (agent === undefined) return null;
  return agent.kind === 'claude'
    ? { kind: agent.kind, path: agent.path, version: agent.version }
    : { kind: agent.kind, reason: agent.reason };
}

function noteOf(
  { cleanup, cleanupError, evidence, withoutMemories }: RecordRequest,
  note: string | undefined,
): string | undefined {
  const notes = [
    note,
    withoutMemories === null ? undefined : `it ran without memories: ${withoutMemories}`,
    evidence.result !== undefined && evidence.result.deniedTools.length > 0
      ? `denied tools: ${[...new Set(evidence.result.deniedTools)].join(', ')}`
      : undefined,
    cleanup !== undefined && cleanup.killedCount > 0
      ? `${cleanup.killedCount} processes outlived it and were killed`
      : undefined,
    cleanup !== undefined && cleanup.left.length > 0
      ? `could not be ended: ${cleanup.left.map(({ pid, command, reason }) => `${pid} ${command} (${reason})`).join(', ')}`
      : undefined,
    cleanupError === undefined ? undefined : `the look for surviving processes failed: ${cleanupError}`,
  ].filter((part) => part !== undefined);
  return notes.length === 0 ? undefined : notes.join('; ');
}
