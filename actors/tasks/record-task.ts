import { fromPromise } from 'xstate';
import type { Bus } from '../../src/lib/bus.ts';
import type { RunnableAgent } from '../../src/lib/agent/launch.ts';
import { outcomeOf, type RunEvidence } from '../../src/lib/agent/outcome.ts';
import { type RetryPolicy, verdictOf } from '../../src/lib/agent/retry.ts';
import type { TerminationReport } from '../../src/lib/process/kill-family.ts';
import type { RecalledMemory } from '../../src/lib/recall/recall.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { ClaimedTask } from '../../src/lib/store/tasks/claim.ts';
import { recordOutcome } from '../../src/lib/store/tasks/record-outcome.ts';
import { announceTask } from './announce.ts';

/** Everything an attempt left behind. */
export interface RecordRequest {
  task: ClaimedTask;
  agent: RunnableAgent | undefined;
  memories: readonly RecalledMemory[];
  /** The session that the last run resumed, or null. */
  resumed: string | null;
  /** True when the conversation's session proved stale. */
  staleSession: boolean;
  evidence: RunEvidence;
  text: string;
  progress: string;
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
  now?: () => Date;
}

/** Judges an attempt, decides what becomes of the task, and records both. Rejects with `StoreAwayError` while it cannot. */
export function createRecordTask({ store, bus, retryPolicy, now = () => new Date() }: RecordTaskDeps) {
  return fromPromise<RecordedTask, RecordRequest>(async ({ input }) => {
    const { task, agent, evidence } = input;
    const outcome = outcomeOf(evidence);
    const verdict = verdictOf(outcome, task.attempt, retryPolicy());
    const reply = outcome.kind === 'succeeded' ? outcome.reply : input.text;
    const recorded = await recordOutcome(store, {
      task,
      outcome,
      verdict,
      reply,
      progress: input.progress,
      agent: agentRecord(agent),
      memories: input.memories.map(({ id, kind, score }) => ({ id, kind, score })),
      sessionId: evidence.result?.sessionId ?? null,
      resumed: input.resumed,
      keepSession: outcome.kind === 'succeeded' && agent?.kind === 'claude',
      staleSession: input.staleSession,
      sessionCostUsd: evidence.result?.totalCostUsd,
      usage: evidence.result?.usage ?? null,
      note: noteOf(input, outcome.kind === 'succeeded' ? outcome.note : undefined),
      now: now(),
    });
    const ended: RecordedTask = {
      state: recorded ? verdict.state : 'superseded',
      outcome: outcome.kind,
      reply,
      ...('reason' in outcome && { reason: outcome.reason }),
    };
    if (ended.state === 'queued') announceTask(bus, { ...ended, taskId: task.id, eventId: task.eventId });
    return ended;
  });
}

/** What a row says about the agent that ran it. */
export function agentRecord(agent: RunnableAgent | undefined) {
  if (agent === undefined) return null;
  return agent.kind === 'claude'
    ? { kind: agent.kind, path: agent.path, version: agent.version }
    : { kind: agent.kind, reason: agent.reason };
}

function noteOf(
  { cleanup, cleanupError, evidence }: RecordRequest,
  note: string | undefined,
): string | undefined {
  const notes = [
    note,
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
