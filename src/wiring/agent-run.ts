import type { CallbackActorLogic } from 'xstate';
import { type AgentCommand, createAgentProcess } from '../../actors/agent-process.ts';
import { createNoteProcess, createTerminate } from '../../actors/tasks/run-steps.ts';
import { createTakeFollowUps } from '../../actors/tasks/take-follow-ups.ts';
import { agentRunMachine } from '../../machines/agent-run.ts';
import { followUpsMachine } from '../../machines/follow-ups.ts';
import type { AgentSettings } from '../lib/agent/arguments.ts';
import type { RunRequest } from '../lib/agent/launch.ts';
import { taskMarker } from '../lib/agent/marker.ts';
import { clearMcpConfigs, mcpRule, removeMcpConfig, writeMcpConfig } from '../lib/mcp/run-config.ts';
import { toolsFor } from '../lib/mcp/tools.ts';
import { permissionFor, permissionSettings } from '../lib/permissions/permission.ts';
import { standingOf } from '../lib/permissions/standing.ts';
import { workingDirectory } from '../lib/permissions/working-directory.ts';
import { childEntry } from '../lib/process/child-entry.ts';
import { cgroupsOf } from '../lib/containment/containment.ts';
import { createEncloser } from './enclose.ts';
import type { Parts } from '../parts.ts';

/** One run of the agent, with what that run may do and spend. */
export function agentRunLogic(parts: Parts) {
  const { bus, containment, database, log } = parts;
  const idsOf = ({ request: { task } }: { request: RunRequest }) => ({
    taskId: task.id,
    eventId: task.eventId,
  });
  return agentRunMachine.provide({
    actors: {
      agentProcess: agentProcessLogic(parts),
      noteProcess: createNoteProcess(database.store),
      terminate: createTerminate({
        cgroupsOf: (mark) => cgroupsOf(containment, mark),
        onKilled: ({ id: taskId }, { killed, killedCount, left }) =>
          log.warn({ taskId, killed, killedCount, left }, 'processes outlived their task and were killed'),
      }),
      followUps: followUpsMachine.provide({
        actors: { takeFollowUps: createTakeFollowUps({ store: database.store, bus }) },
        actions: {
          reportFailure: (_, { error }) =>
            log.error({ err: error }, 'the messages for a running task could not be looked for'),
        },
      }),
    },
    actions: {
      announceText: ({ context, event }) => {
        if (event.type === 'agent.text') bus.emit('task.text', { ...idsOf(context), text: event.text });
      },
      announceProgress: ({ context, event }) => {
        if (event.type === 'agent.progress')
          bus.emit('task.progress', { ...idsOf(context), progress: event.progress });
      },
      announceEntries: ({ context, event }) => {
        if (event.type !== 'agent.noted') return;
        const { attempt } = context.request.task;
        bus.emit('task.noted', { ...idsOf(context), attempt, entries: event.entries });
      },
    },
  });
}

/** The agent's process, made anew for each run: where it works and what it may do depends on the task. */
function agentProcessLogic(parts: Parts): CallbackActorLogic<AgentCommand, RunRequest> {
  const { env, paths } = parts;
  const enclose = createEncloser(parts);
  const logicFor = (cwd: string, settings: () => AgentSettings) =>
    createAgentProcess({ env, cwd, settings, enclose });
  return {
    ...logicFor(paths.work, () => ({})),
    start(snapshot, scope) {
      const { task } = snapshot.input;
      const cwd = workingDirectory(paths.work, {
        conversation: task.worksIn ?? task.conversation,
        trust: standingOf(task).trust,
      });
      logicFor(cwd, () => settingsFor(parts, snapshot.input)).start?.(snapshot, scope);
    },
  };
}

function settingsFor(parts: Parts, request: RunRequest): AgentSettings {
  const { ledger, settings } = parts;
  const { task } = request;
  const { trust } = standingOf(task);
  const change = settings.get('permissions.byCategory')[task.category];
  const permission = permissionSettings(permissionFor(settings.get(`permissions.${trust}`), trust, change));
  const maxBudgetUsd = ledger.promiseOf(task);
  const maxTurns = settings.get('task.maxTurns');
  return {
    ...permission,
    ...(maxBudgetUsd !== undefined && { maxBudgetUsd }),
    ...(maxTurns !== null && { maxTurns }),
    ...(request.agent.rules.callsTools && {
      allowedTools: [...(permission.allowedTools ?? []), mcpRule],
      mcpConfig: mcpConfigFor(parts, request),
    }),
  };
}

/** The way back in: our MCP server with a token for this run. */
function mcpConfigFor({ paths, passes }: Parts, { task }: RunRequest): string {
  const standing = standingOf(task);
  const token = passes.issue({ task, standing, tools: toolsFor(standing.trust) });
  return writeMcpConfig(paths.mcp, task.id, {
    home: paths.home,
    token,
    marker: taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt }),
    entry: childEntry(import.meta.url, '../main.ts'),
  });
}

/** Shuts the way back in behind every task that ends, and whatever a former life left open. */
export function closePasses({ bus, passes, paths }: Pick<Parts, 'bus' | 'passes' | 'paths'>): void {
  clearMcpConfigs(paths.mcp);
  bus.on('task.state', ({ taskId, state }) => {
    if (state === 'running') return;
    passes.revoke(taskId);
    removeMcpConfig(paths.mcp, taskId);
  });
}
