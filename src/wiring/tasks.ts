import { createAmendTask } from '../../actors/tasks/amend-task.ts';
import { createClaimTask } from '../../actors/tasks/claim-task.ts';
import { createRecordTask } from '../../actors/tasks/record-task.ts';
import { createRecallForTask, createReply, createResolveAgent } from '../../actors/tasks/run-steps.ts';
import { createRecoverTasks, createTendTasks } from '../../actors/tasks/upkeep.ts';
import { taskMachine } from '../../machines/task.ts';
import { tasksMachine } from '../../machines/tasks.ts';
import { defaultTaskLimits, type TaskLimits } from '../lib/agent/limits.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../lib/agent/retry.ts';
import type { Parts } from '../parts.ts';
import { agentRunLogic } from './agent-run.ts';

const leaseMs = 60_000;

/** The task supervisor, its tasks and their runs. */
export function tasksLogic(parts: Parts) {
  const { database, bus, journal, agent, ledger, recall, log, settings } = parts;
  const { store } = database;
  const worker = journal.uuid;
  const upkeep = {
    store,
    bus,
    worker,
    leaseMs,
    killGraceMs: () => settings.get('task.killGraceMs'),
    retryPolicy: () => retryPolicy(parts),
  };
  const task = taskMachine.provide({
    actors: {
      agentRun: agentRunLogic(parts),
      recall: createRecallForTask(recall),
      resolveAgent: createResolveAgent(agent),
      recordTask: createRecordTask({
        store,
        bus,
        retryPolicy: () => retryPolicy(parts),
        moneyReturns: (task, now) => ledger.moneyReturns(task, now),
        transcriptDays: () => settings.get('retention.transcriptsDays'),
      }),
      reply: createReply(bus),
    },
    actions: {
      announceProgress: ({ context }, progress) => bus.emit('task.progress', { ...idsOf(context), progress }),
    },
  });
  return tasksMachine.provide({
    actors: {
      task,
      recoverTasks: createRecoverTasks(upkeep),
      claimTask: createClaimTask({
        ...upkeep,
        sessionIdleDays: () => settings.get('conversations.idleDays'),
        limitsFor: ({ category }) => limitsFor(parts, category),
        // The owner's own messages run past every cap.
        onClaimed: (claimed) => {
          if (claimed.priority !== 0) ledger.promise(claimed);
        },
      }),
      tendTasks: createTendTasks(upkeep),
      amendTask: createAmendTask({ store, bus }),
    },
    actions: {
      reportProblem: (_, { during, error }) => log.error({ err: error }, `tasks: ${during} failed`),
    },
    guards: {
      mayAdmit: () => ledger.mayAdmit(),
    },
  });
}

function idsOf({ task }: { task: { id: number; eventId: number } }): { taskId: number; eventId: number } {
  return { taskId: task.id, eventId: task.eventId };
}

function limitsFor({ settings }: Parts, category: string): TaskLimits {
  return {
    ...defaultTaskLimits,
    runMs: settings.get('task.timeoutMsByCategory')[category] ?? settings.get('task.timeoutMs'),
    silenceMs: settings.get('task.noOutputMs'),
    killGraceMs: settings.get('task.killGraceMs'),
  };
}

function retryPolicy({ settings }: Parts): RetryPolicy {
  return {
    ...defaultRetryPolicy,
    maxAttempts: settings.get('task.maxAttempts'),
    minMs: settings.get('task.retryMinMs'),
  };
}
