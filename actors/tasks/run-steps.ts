import { fromPromise } from 'xstate';
import { type TaskMark, taskMarker } from '../../src/lib/agent/marker.ts';
import { type ResolvedAgent, type RunnableAgent, withRules } from '../../src/lib/agent/kinds/kinds.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import { terminateFamily, type TerminationReport } from '../../src/lib/process/kill-family.ts';
import type { AgentResolver } from '../../src/lib/process/resolve-agent.ts';
import type { Recall, RecalledMemory } from '../../src/lib/recall/recall.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { ClaimedTask } from '../../src/lib/store/tasks/claim.ts';
import { noteProcess } from '../../src/lib/store/tasks/note-process.ts';
import { announceTask } from './announce.ts';
import { agentRecord, type RecordedTask } from './record-task.ts';

export interface RecallLimits {
  limit: number;
  budgetTokens: number;
}

const defaultRecallLimits: RecallLimits = { limit: 8, budgetTokens: 1_500 };

/** Looks for memories close to a task's prompt; by default the best 8, at most 1,500 tokens. */
export function createRecallForTask(recall: Recall, limits: RecallLimits = defaultRecallLimits) {
  return fromPromise<RecalledMemory[], ClaimedTask>(({ input, signal }) =>
    recall({ text: input.prompt, ...limits, signal }),
  );
}

/** The agent to run: what was found at start-up, or a new search. */
export function createResolveAgent(resolver: AgentResolver) {
  return fromPromise<ResolvedAgent, { reprobe: boolean }>(async ({ input }) => {
    const found = await (input.reprobe ? resolver.reprobe() : resolver.resolve());
    return found.kind === 'misconfigured' ? found : withRules(found);
  });
}

/** Writes into the row which process runs the task. */
export function createNoteProcess(store: Store) {
  return fromPromise<
    undefined,
    { task: ClaimedTask; agent: RunnableAgent; identity: ProcessIdentity | undefined }
  >(async ({ input: { task, agent, identity } }) => {
    if (identity !== undefined) await noteProcess(store, task, { identity, agent: agentRecord(agent) });
    return undefined;
  });
}

export interface TerminateDeps {
  /** The directories of the cgroups in which the attempt runs. Default: none. */
  cgroupsOf?: (mark: TaskMark) => string[];
  /** Told where somebody did not go by themselves. */
  onKilled?: (task: ClaimedTask, report: TerminationReport) => void;
}

/** Ends whatever is left of a run, and says who that was. */
export function createTerminate({ cgroupsOf = () => [], onKilled }: TerminateDeps = {}) {
  return fromPromise<
    TerminationReport,
    { task: ClaimedTask; identity: ProcessIdentity | undefined; graceMs: number }
  >(async ({ input: { task, identity, graceMs } }) => {
    const mark = { worker: task.worker, taskId: task.id, attempt: task.attempt };
    const report = await terminateFamily({
      root: identity,
      marker: taskMarker(mark),
      cgroups: cgroupsOf(mark),
      graceMs,
    });
    if (report.killedCount > 0 || report.left.length > 0) onKilled?.(task, report);
    return report;
  });
}

/** Hands the end of a task over to everybody who listens. */
export function createReply(bus: Pick<Bus, 'emit'>) {
  return fromPromise<undefined, { task: ClaimedTask; recorded: RecordedTask }>(
    ({ input: { task, recorded } }) => {
      announceTask(bus, { ...recorded, taskId: task.id, eventId: task.eventId });
      return Promise.resolve(undefined);
    },
  );
}
