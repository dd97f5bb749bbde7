import { createAmendTask } from '../../actors/tasks/amend-task.ts';
import { createClaimTask } from '../../actors/tasks/claim-task.ts';
import { createNoteParting } from '../../actors/tasks/note-parting.ts';
import { createRecorder, createRecordTask } from '../../actors/tasks/record-task.ts';
import { createRecallForTask, createReply, createResolveAgent } from '../../actors/tasks/run-steps.ts';
import { createRecoverTasks, createTendTasks } from '../../actors/tasks/upkeep.ts';
import { mayPrune } from '../retention/may-prune.ts';
import type { RunOutput } from '../../machines/agent-run/protocol.ts';
import type { TaskContext } from '../../machines/task/context.ts';
import { isAgentsOwn } from '../tasks/agents/bench.ts';
import { handoverOf } from '../tasks/rows/exchanges.ts';
import { outcomeOf } from '../tasks/run/outcome.ts';
import { taskMachine } from '../../machines/task/machine.ts';
import type { TaskMark } from '../lib/process/marker.ts';
import { HUMAN } from '../lib/wire/priority.ts';
import { afterInHand } from '../memory/keep/in-hand.ts';
import { tasksMachine } from '../../machines/tasks/machine.ts';
import { limitsFor } from '../tasks/run/limits.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../tasks/run/retry.ts';
import { createHeldOutcomes } from '../tasks/held-outcomes.ts';
import type { ClaimedTask } from '../tasks/rows/claim.ts';
import type { Services } from '../services.ts';
import { agentRunLogic } from './agent-run.ts';
import { roomParts } from './room.ts';

const leaseMs = 60_000;

/** The task supervisor, its tasks and their runs. */
export function tasksLogic(services: Services) {
  const { database, bus, journal, agent, agentBench, ledger, recall, inHand, log, settings } = services;
  const { store } = database;
  const worker = journal.uuid;
  const waits = ({ isGoal }: { isGoal: boolean }) => !isGoal || settings.get('task.goalsInDoubt') === 'wait';
  const upkeep = {
    store,
    bus,
    worker,
    leaseMs,
    killGraceMs: () => settings.get('task.killGraceMs'),
    retryPolicy: () => retryPolicy(services),
    deeds: services.deeds,
    waits,
    onSettled: (mark: TaskMark) => services.strays.end(mark),
  };
  const held = createHeldOutcomes(services.paths.outcomes, (problem) => log.warn(problem));
  const recording = {
    store,
    bus,
    held,
    deeds: services.deeds,
    waits,
    retryPolicy: () => retryPolicy(services),
    bench: agentBench,
    prices: () => settings.get('agent.prices'),
    moneyReturns: (task: ClaimedTask, now: Date) => ledger.moneyReturns(task, now),
    mayPrune: (now: Date) => mayPrune({ store, bus }, now),
    transcriptDays: () => settings.get('retention.transcriptsDays'),
  };
  const task = taskMachine.provide({
    actors: {
      agentRun: agentRunLogic(services),
      recall: createRecallForTask(recall, { forHuman: afterInHand(recall, inHand) }),
      resolveAgent: createResolveAgent({
        agents: agent,
        bench: agentBench,
        fallback: () => settings.get('agent.fallback') ?? undefined,
        onlyFor: (claimed) => {
          const draft = services.draftRuns.of(claimed);
          return typeof draft === 'object' ? draft.agent : undefined;
        },
        handoverOf: (conversation, before) => handoverOf(store, conversation, before),
      }),
      recordTask: createRecordTask(recording),
      reply: createReply(bus),
      noteParting: createNoteParting(store),
    },
    guards: { mayFallBack: ({ context }, run) => mayFallBack(services, context, run) },
    actions: {
      announceProgress: ({ context }, progress) => bus.emit('task.progress', { ...idsOf(context), progress }),
    },
  });
  const room = roomParts(services);
  return tasksMachine.provide({
    actors: {
      task,
      recoverTasks: createRecoverTasks({ ...upkeep, held, record: createRecorder(recording) }),
      claimTask: createClaimTask({
        ...upkeep,
        isStalled: () => services.loop.isStalled(),
        sessionIdleDays: () => settings.get('conversations.idleDays'),
        limitsFor: (claimed) => limitsFor(settings, claimed.category, runMsOf(services, claimed)),
        // The owner's own messages run past every cap.
        onClaimed: (claimed) => {
          if (claimed.priority !== HUMAN) ledger.promise(claimed);
        },
      }),
      tendTasks: createTendTasks(upkeep),
      amendTask: createAmendTask({ store, bus }),
      ...room.actors,
    },
    actions: {
      ...room.actions,
      reportProblem: (_, { during, error }) => log.error({ err: error }, `tasks: ${during} failed`),
    },
    guards: {
      ...room.guards,
      mayAdmit: () => ledger.mayAdmit() && services.diskRoom.mayWork(),
    },
  });
}

/** The agent could not answer for a reason of its own, and has done nothing; the owner has named another one. */
function mayFallBack(
  { draftRuns, settings }: Services,
  { task, agent, gaveUp }: Pick<TaskContext, 'task' | 'agent' | 'gaveUp'>,
  { evidence, transcript }: RunOutput,
): boolean {
  const fallback = settings.get('agent.fallback');
  if (fallback === null || fallback === agent?.kind || gaveUp !== undefined) return false;
  // Its sandbox is made for one agent.
  if (draftRuns.of(task) !== 'none') return false;
  if (agent?.instead !== undefined || !isAgentsOwn(outcomeOf(evidence).kind)) return false;
  return ![...transcript.head, ...transcript.tail].some(({ kind }) => kind === 'called');
}

/** What a draft or a goal sets for its run. */
function runMsOf({ draftRuns }: Services, task: ClaimedTask): number | undefined {
  const draft = draftRuns.of(task);
  return typeof draft === 'object' ? draft.timeoutMs : task.terms?.timeoutMs;
}

function idsOf({ task }: { task: { id: number; eventId: number } }): { taskId: number; eventId: number } {
  return { taskId: task.id, eventId: task.eventId };
}

function retryPolicy({ settings }: Services): RetryPolicy {
  return {
    ...defaultRetryPolicy,
    maxAttempts: settings.get('task.maxAttempts'),
    minMs: settings.get('task.retryMinMs'),
  };
}
