import { join } from 'node:path';
import { createAgentProcess } from '../../actors/agent-process.ts';
import { createAmendTask } from '../../actors/tasks/amend-task.ts';
import { createClaimTask } from '../../actors/tasks/claim-task.ts';
import { createRecordTask } from '../../actors/tasks/record-task.ts';
import {
  createNoteProcess,
  createRecallForTask,
  createReply,
  createResolveAgent,
  createTerminate,
} from '../../actors/tasks/run-steps.ts';
import { createRecoverTasks, createTendTasks } from '../../actors/tasks/upkeep.ts';
import { agentRunMachine } from '../../machines/agent-run.ts';
import { taskMachine } from '../../machines/task.ts';
import { tasksMachine } from '../../machines/tasks.ts';
import { defaultTaskLimits, type TaskLimits } from '../lib/agent/limits.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../lib/agent/retry.ts';
import type { Parts } from '../parts.ts';

const leaseMs = 60_000;

/** The task supervisor, its tasks and their runs. */
export function tasksLogic(parts: Parts) {
  const { database, bus, journal, agent, recall, log, settings, paths, env } = parts;
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
  const run = agentRunMachine.provide({
    actors: {
      agentProcess: createAgentProcess({ env, cwd: join(paths.home, 'work'), settings: () => ({}) }),
      noteProcess: createNoteProcess(store),
      terminate: createTerminate(),
    },
    actions: {
      announceText: ({ context, event }) => {
        if (event.type === 'agent.text')
          bus.emit('task.text', { ...idsOf(context.request), text: event.text });
      },
      announceProgress: ({ context, event }) => {
        if (event.type === 'agent.progress')
          bus.emit('task.progress', { ...idsOf(context.request), progress: event.progress });
      },
    },
  });
  const task = taskMachine.provide({
    actors: {
      agentRun: run,
      recall: createRecallForTask(recall),
      resolveAgent: createResolveAgent(agent),
      recordTask: createRecordTask({ store, bus, retryPolicy: () => retryPolicy(parts) }),
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
      claimTask: createClaimTask({ ...upkeep, limitsFor: ({ category }) => limitsFor(parts, category) }),
      tendTasks: createTendTasks(upkeep),
      amendTask: createAmendTask({ store, bus }),
    },
    actions: {
      reportProblem: (_, { during, error }) => log.error({ err: error }, `tasks: ${during} failed`),
    },
    guards: {
      // The spending cap comes with the accounting of costs; until then everything may run.
      mayAdmit: () => true,
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
