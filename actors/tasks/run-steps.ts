import type { TaskFacts } from '../../src/tasks/facts.ts';
import { fromPromise } from 'xstate';
import type { ProcessNote, TerminationRequest } from '../../machines/agent-run/protocol.ts';
import type { AgentQuery, ReplyRequest } from '../../machines/task/protocol.ts';
import { type TaskMark, taskMarker } from '../../src/lib/process/marker.ts';
import { chooseAgent, type ChooseDeps } from '../../src/tasks/agents/choose.ts';
import type { ResolvedAgent } from '../../src/tasks/agents/kinds.ts';
import type { Bus } from '../../src/lib/bus.ts';
import { terminateFamily, type TerminationReport } from '../../src/lib/process/kill-family.ts';
import type { StandbyDesk } from '../../src/tasks/standby/desk.ts';
import type { Strays } from '../../src/lib/process/strays/strays.ts';
import { outcomeOf } from '../../src/tasks/run/outcome.ts';
import type { Recall, Recollection } from '../../src/memory/recall/recall.ts';
import { HUMAN } from '../../src/lib/wire/priority.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import { recordRecalled } from '../../src/memory/rows/record-recalled.ts';
import { noteProcess } from '../../src/tasks/rows/note-process.ts';
import { announceTask } from './announce.ts';
import { agentRecord, givenMemories } from './record-task.ts';

export interface RecallLimits {
  limit: number;
  budgetTokens: number;
}

const defaultRecallLimits: RecallLimits = { limit: 8, budgetTokens: 1_500 };

/**
 * Looks for memories close to a task's prompt; by default the best 8, at most 1,500 tokens. `forHuman` serves what a person
 * asks, who may have said a moment before what they ask for.
 */
export function createRecallForTask(
  recall: Recall,
  { limits = defaultRecallLimits, forHuman = recall }: { limits?: RecallLimits; forHuman?: Recall } = {},
) {
  return fromPromise<Recollection, ClaimedTask>(({ input, signal }) => {
    const ask = input.priority === HUMAN ? forHuman : recall;
    return ask({ text: input.prompt, ...limits, exceptEvent: input.eventId, signal });
  });
}

/** The agent to run; see `chooseAgent`. */
export function createResolveAgent(deps: ChooseDeps) {
  return fromPromise<ResolvedAgent, AgentQuery>(({ input: { gaveUp, ...query } }) => {
    const outcome = gaveUp === undefined ? undefined : outcomeOf(gaveUp.evidence);
    return chooseAgent(deps, { ...query, gaveUp: outcome?.kind === 'succeeded' ? undefined : outcome });
  });
}

/** Writes into the row which process runs the task and which memories it was given, and counts that these were recalled. */
export function createNoteProcess(
  store: Store,
  aheadOf: (task: ClaimedTask) => TaskMark | undefined = () => undefined,
) {
  return fromPromise<undefined, ProcessNote>(async ({ input: { task, agent, memories, identity } }) => {
    const mark = aheadOf(task);
    const noted = identity === undefined ? null : { ...identity, ...(mark && { mark }) };
    await store.transaction(async (tx) => {
      await noteProcess(tx, task, {
        identity: noted,
        agent: agentRecord(agent),
        memories: givenMemories(memories),
      });
      await recordRecalled(
        tx,
        memories.map(({ id }) => id),
        new Date(),
      );
    });
    return undefined;
  });
}

export interface TerminateDeps {
  /** The directories of the cgroups in which the attempt runs. Default: none. */
  cgroupsOf?: (mark: TaskMark) => string[];
  /** Agents that were started ahead: their processes carry marks of their own. */
  ahead?: Pick<StandbyDesk<unknown>, 'markOf' | 'release'>;
  /** Who belongs to the run though nothing of their own shows it, and the word that nobody of it is left. */
  strays?: Pick<Strays, 'claims' | 'end'>;
  /** Told where somebody did not go by themselves. */
  onKilled?: (task: ClaimedTask, report: TerminationReport) => void;
}

/** Ends whatever is left of a run, and says who that was. */
export function createTerminate({ cgroupsOf = () => [], ahead, strays, onKilled }: TerminateDeps = {}) {
  return fromPromise<TerminationReport, TerminationRequest>(
    async ({ input: { task, identity, graceMs } }) => {
      const own = { worker: task.worker, taskId: task.id, attempt: task.attempt };
      const other = ahead?.markOf(task);
      const marks = other === undefined ? [own] : [other, own];
      // A stray ends with the last of its runs, and these two are one.
      const claims = marks.map((mark) => strays?.claims(mark));
      const reports: TerminationReport[] = [];
      try {
        for (const mark of marks) {
          reports.push(
            await terminateFamily({
              root: identity,
              marker: taskMarker(mark),
              cgroups: cgroupsOf(mark),
              claims: (row) => claims.some((isOurs) => isOurs?.(row) === true),
              graceMs,
            }),
          );
        }
      } finally {
        for (const mark of marks) strays?.end(mark);
      }
      ahead?.release(task);
      const report = reports.reduce(bothReports);
      if (report.killedCount > 0 || report.left.length > 0) onKilled?.(task, report);
      return report;
    },
  );
}

function bothReports(one: TerminationReport, other: TerminationReport): TerminationReport {
  return {
    survivorsBeforeKill: [...one.survivorsBeforeKill, ...other.survivorsBeforeKill],
    killed: [...one.killed, ...other.killed],
    killedCount: one.killedCount + other.killedCount,
    rounds: one.rounds + other.rounds,
    tookMs: one.tookMs + other.tookMs,
    left: [...one.left, ...other.left],
  };
}

/** Hands the end of a task over to everybody who listens. */
export function createReply(bus: Pick<Bus<TaskFacts>, 'emit'>) {
  return fromPromise<undefined, ReplyRequest>(({ input: { task, recorded } }) => {
    announceTask(bus, { ...recorded, taskId: task.id, eventId: task.eventId });
    return Promise.resolve(undefined);
  });
}
