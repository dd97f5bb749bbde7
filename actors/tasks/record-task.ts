import type { TaskFacts } from '../../src/tasks/facts.ts';
import type { OutboxFacts } from '../../src/outbox/facts.ts';
import { fromPromise } from 'xstate';
import type { HandedMessage } from '../../machines/agent-run/protocol.ts';
import type { RecordedTask, RecordRequest } from '../../machines/task/protocol.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { AgentBench } from '../../src/tasks/agents/bench.ts';
import { nameOf } from '../../src/tasks/agents/directory.ts';
import { answererOf, loginOf, type RunnableAgent } from '../../src/tasks/agents/kinds.ts';
import type { Prices } from '../../src/spend/rows/estimate-cost.ts';
import { cleanupNotes } from '../../src/tasks/run/parting.ts';
import { withNextStep } from '../../src/tasks/run/next-step.ts';
import { type FailureKind, type Outcome, outcomeOf, type RunEvidence } from '../../src/tasks/run/outcome.ts';
import { type RetryPolicy, type Verdict, verdictOf } from '../../src/tasks/run/retry.ts';
import { waitsForMoney } from '../../src/tasks/run/refusal.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import type { RecalledMemory } from '../../src/memory/recall/recall.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import { recordOutcome } from '../../src/tasks/rows/record-outcome.ts';
import { readPruningClock } from '../../src/lib/store/pruning-clock.ts';
import { keepTranscript, pruneTranscripts } from '../../src/tasks/rows/transcripts.ts';
import type { HeldOutcomes } from '../../src/tasks/held-outcomes.ts';
import type { Deed, Deeds } from '../../src/tasks/deeds.ts';
import { type CutOff, cutOffOf, doubtsOf, doubtWords, repeatWords } from '../../src/tasks/run/cut-off.ts';
import { announceDoubt, announceMessages, announceTask } from './announce.ts';
import { HUMAN } from '../../src/lib/wire/priority.ts';
import { DAY } from '../../src/lib/time.ts';

export interface RecordTaskDeps {
  store: Store;
  bus: Pick<Bus<TaskFacts & OutboxFacts>, 'emit'>;
  /** Asked at each attempt's end. */
  retryPolicy: () => RetryPolicy;
  /** When a run that was over its budget may spend again; undefined where no cap has cut it short. */
  moneyReturns?: (task: ClaimedTask, now: Date) => Date | undefined;
  /** How many days transcripts are kept. Default 30. */
  transcriptDays?: () => number;
  /** Whether rows may be deleted for their age by this reading of the clock. Default: as the store judges it. */
  mayPrune?: (now: Date) => Promise<boolean>;
  /** Where outcomes wait that cannot be recorded now. Default: in memory only. */
  held?: Pick<HeldOutcomes, 'keep' | 'drop'>;
  /** What attempts were seen to do, and whether a doubt waits for the owner. Default: nothing is known. */
  deeds?: Pick<Deeds, 'read' | 'drop'>;
  waits?: (task: { isGoal: boolean }) => boolean;
  /** Told how agents have fared. Default: nobody is. */
  bench?: Pick<AgentBench, 'note'>;
  /** What models cost, where agents tell tokens alone. Default: nothing is known. */
  prices?: () => Prices;
  now?: () => Date;
}

const defaultTranscriptDays = 30;

/**
 * Judges an attempt, decides what becomes of the task, and records both, with what the attempt did.
 * Of a failure that only the owner can end they are told once, until a task succeeds again.
 * Rejects with `StoreAwayError` while it cannot record.
 */
export function createRecordTask(deps: RecordTaskDeps) {
  const record = createRecorder(deps);
  return fromPromise<RecordedTask, RecordRequest>(({ input }) => record(input));
}

/** Records the outcome of an attempt; until that has worked once the outcome is held. */
export type Recorder = (request: RecordRequest) => Promise<RecordedTask>;

/** The work of `createRecordTask`, for outcomes that a former life has left too. */
export function createRecorder(deps: RecordTaskDeps): Recorder {
  const record = createJudge(deps);
  return async (request) => {
    try {
      const recorded = await record(request);
      deps.held?.drop(request.task);
      return recorded;
    } catch (thrown) {
      deps.held?.keep(request);
      throw thrown;
    }
  };
}

function createJudge(deps: RecordTaskDeps): Recorder {
  const { store, bus, retryPolicy, now = () => new Date() } = deps;
  const ownerNews = createOwnerNews();
  return async (input) => {
    const { task, agent, evidence } = input;
    const at = now();
    const judged = outcomeOf(evidence, at.getTime());
    const attempt = { number: task.attempt, isAwaited: task.priority === HUMAN };
    const moneyReturns = deps.moneyReturns?.(task, at);
    const options = { now: at.getTime(), moneyReturnsAt: moneyReturns?.getTime() };
    const verdict = verdictOf(judged, attempt, retryPolicy(), options);
    const waits = judged.kind === 'over-budget' && verdict.state === 'queued' && moneyReturns !== undefined;
    const outcome = waits
      ? { ...judged, reason: waitsForMoney(moneyReturns) }
      : withNextStep(judged, { taskId: task.id, attempt: task.attempt, verdict, login: loginOf(agent) });
    const { cutOff, doubts } = cutOffBy(deps, { task, outcome: judged, verdict });
    const doubt = doubts.length > 0 ? doubtWords(doubts) : undefined;
    const name = agent === undefined ? undefined : nameOf(agent);
    if (name !== undefined) deps.bench?.note(name, judged, task.id);
    const reply = outcome.kind === 'succeeded' ? `${outcome.reply}${answererOf(agent)}` : input.text;
    const keepSession =
      agent?.rules.resumes === true && agent.instead === undefined && leftSession(outcome, evidence);
    const record = {
      task,
      outcome,
      verdict,
      reply,
      progress: doubt ?? input.progress,
      cutOff,
      inDoubt: doubt !== undefined,
      agent: agentRecord(agent),
      memories: givenMemories(input.memories),
      sessionId: evidence.result?.sessionId ?? null,
      resumed: input.resumed,
      keepSession,
      isCostTold: agent?.rules.tellsCost !== false,
      isOfRun: agent?.rules.counts === 'run',
      prices: deps.prices?.() ?? {},
      conversationAgent:
        agent?.instead === undefined && (keepSession || outcome.kind === 'succeeded') ? (name ?? null) : null,
      staleSession: input.staleSession || evidence.staleSession || isPoisoned(input),
      sessionCostUsd: evidence.result?.totalCostUsd,
      usage: evidence.result?.usage ?? null,
      unbilled: input.unbilled,
      endedItself: input.endedItself,
      heard: heardOf(input.followUps, verdict),
      note: noteOf(input, outcome.kind === 'succeeded' ? outcome.note : undefined),
      ownerNews: ownerNews.of(outcome),
      now: at,
    };
    const messages = await recordOutcome(store, record, input.cut);
    const ended: RecordedTask = {
      state: messages === undefined ? 'superseded' : verdict.state,
      outcome: outcome.kind,
      reply,
      ...('reason' in outcome && { reason: outcome.reason }),
      ...(outcome.kind === 'succeeded' && task.cutOff !== undefined && { reason: repeatWords(task.cutOff) }),
    };
    deps.deeds?.drop(task);
    if (messages === undefined) return ended;
    if (input.cut !== 'bare') await keepHistory(deps, input, at);
    // Another task may have told it while this one was recorded.
    const news = ownerNews.of(outcome);
    ownerNews.told(outcome);
    if (news !== undefined) bus.emit('owner.told', { origin: 'agent', text: news, taskId: task.id });
    announceMessages(bus, messages, { hostId: task.id, reply });
    if (ended.state === 'queued') announceTask(bus, { ...ended, taskId: task.id, eventId: task.eventId });
    if (doubt !== undefined) announceDoubt(bus, { taskId: task.id, eventId: task.eventId, doubt });
    return ended;
  };
}

function cutOffBy(
  { deeds, waits = () => true }: RecordTaskDeps,
  { task, outcome, verdict }: { task: ClaimedTask; outcome: Outcome; verdict: Verdict },
): { cutOff: CutOff | undefined; doubts: Deed[] } {
  if (deeds === undefined || outcome.kind === 'succeeded') return { cutOff: undefined, doubts: [] };
  const { kind, reason: why } = outcome;
  const cutOff = cutOffOf(deeds.read(task), { attempt: task.attempt, kind, why });
  const mustWait =
    verdict.state === 'queued' && kind !== 'asked-again' && waits({ isGoal: task.terms !== undefined });
  return { cutOff, doubts: mustWait ? doubtsOf(cutOff) : [] };
}

/** An answer ends a message; so does the owner's wish to stop, from the moment on when the agent has read it. */
function heardOf(followUps: readonly HandedMessage[], { state }: Verdict): number[] {
  return followUps
    .filter(({ taken, answered }) => (state === 'cancelled' ? taken : answered))
    .map(({ id }) => id);
}

/** A turn that the owner interrupted stands in its session like one that ended by itself; a failed run's may not. */
function leftSession(outcome: Outcome, { result }: RunEvidence): boolean {
  return outcome.kind === 'succeeded' || (outcome.kind === 'cancelled' && result !== undefined);
}

/** A session that the service refuses to go on with would be refused with the next message too. */
function isPoisoned({ resumed, evidence }: RecordRequest): boolean {
  return resumed !== null && (evidence.result?.isInvalid ?? evidence.isInvalid ?? false);
}

/** The outcome stands by now: that its story cannot be told must not undo it. */
async function keepHistory(
  { store, mayPrune = judgedBy(store), transcriptDays = () => defaultTranscriptDays }: RecordTaskDeps,
  { task, transcript }: RecordRequest,
  now: Date,
): Promise<void> {
  try {
    const mayDelete = await mayPrune(now);
    await keepTranscript(store, { task, transcript, now });
    if (mayDelete) await pruneTranscripts(store, new Date(now.getTime() - transcriptDays() * DAY));
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
  }
}

function judgedBy(store: Store): (now: Date) => Promise<boolean> {
  return async (now) => (await store.transaction((tx) => readPruningClock(tx, now))).isBelieved;
}

const needsOwner: ReadonlySet<FailureKind> = new Set(['not-logged-in', 'out-of-credit', 'rate-limited']);

/** Of each kind of failure the owner is told once, until a task has succeeded again. */
function createOwnerNews() {
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
  const { kind, instead } = agent;
  return {
    ...('version' in agent
      ? { kind, path: agent.path, version: agent.version }
      : { kind, reason: agent.reason }),
    ...(instead !== undefined && { instead }),
  };
}

function noteOf(input: RecordRequest, note: string | undefined): string | undefined {
  const { evidence, sessionRefused = false, withoutMemories } = input;
  const notes = [
    evidence.stop === undefined && input.task.cutOff !== undefined
      ? repeatWords(input.task.cutOff)
      : undefined,
    note,
    sessionRefused || isPoisoned(input)
      ? 'the service refused to go on with the session of this conversation, so it begins a new one'
      : undefined,
    withoutMemories === null ? undefined : `it ran without memories: ${withoutMemories}`,
    evidence.result !== undefined && evidence.result.deniedTools.length > 0
      ? `denied tools: ${[...new Set(evidence.result.deniedTools)].join(', ')}`
      : undefined,
    ...cleanupNotes(input),
  ].filter((part) => part !== undefined);
  return notes.length === 0 ? undefined : notes.join('; ');
}
