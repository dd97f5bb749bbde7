import type { CallbackActorLogic } from 'xstate';
import { createAgentProcess } from '../../actors/tasks/agent-process.ts';
import { createNoteProcess, createTerminate } from '../../actors/tasks/run-steps.ts';
import { createTakeFollowUps } from '../../actors/tasks/take-follow-ups.ts';
import { agentRunMachine } from '../../machines/agent-run/machine.ts';
import type { AgentCommand } from '../../machines/agent-run/protocol.ts';
import { followUpsMachine } from '../../machines/follow-ups/machine.ts';
import { type DraftRun, overLaunch } from '../drafter/draft-runs.ts';
import type { AgentSettings } from '../tasks/run/agent-settings.ts';
import type { RunRequest } from '../tasks/run/launch.ts';
import { taskMarker } from '../lib/process/marker.ts';
import { clearMcpConfigs, filesFolder, removeMcpConfig, writeMcpConfig } from '../tasks/mcp/run-config.ts';
import { toolsFor } from '../tasks/mcp/tools.ts';
import { HUMAN } from '../lib/wire/priority.ts';
import { standingOf } from '../lib/wire/standing.ts';
import { noteSilence } from '../tasks/rows/silence.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { cgroupsOf } from '../lib/process/containment/containment.ts';
import { createEncloser } from './enclose.ts';
import { folderOf, settingsFor, smallest } from './run-terms.ts';
import { mcpWay } from './mcp-way.ts';
import { createTakeAhead } from './take-ahead.ts';
import type { Services } from '../services.ts';

/** One run of the agent, with what that run may do and spend. */
export function agentRunLogic(services: Services) {
  const { bus, containment, database, log, standby, strays } = services;
  const idsOf = ({ request: { task } }: { request: RunRequest }) => ({
    taskId: task.id,
    eventId: task.eventId,
  });
  return agentRunMachine.provide({
    actors: {
      agentProcess: agentProcessLogic(services),
      noteProcess: createNoteProcess(database.store, (task) => standby.markOf(task)),
      terminate: createTerminate({
        cgroupsOf: (mark) => cgroupsOf(containment, mark),
        ahead: standby,
        strays,
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
      announceQuiet: ({ context }) => {
        bus.emit('task.progress', { ...idsOf(context), progress: context.progress });
        void tellOfSilence(services, context).catch((thrown: unknown) =>
          log.debug({ err: thrown }, 'a silence stays untold'),
        );
      },
      announceEntries: ({ context, event }) => {
        if (event.type !== 'agent.noted') return;
        const { attempt } = context.request.task;
        bus.emit('task.noted', { ...idsOf(context), attempt, entries: event.entries });
      },
    },
  });
}

/** Whoever asked from elsewhere, such as Discord, does not see what a task is doing. */
async function tellOfSilence(
  { bus, database }: Services,
  { request: { task }, progress }: { request: RunRequest; progress: string },
): Promise<void> {
  await noteSilence(database.store, task, progress);
  bus.emit('list.changed', { list: 'tasks.list' });
  if (task.replyTo === null || task.priority !== HUMAN) return;
  const text = `Task ${task.id}: ${progress}. /stop ${task.id} stops it, /again ${task.id} asks again.`;
  const news = { origin: 'task', text, taskId: task.id } as const;
  await database.store.transaction((tx) => tellOwner(tx, { ...news, now: new Date() }));
  bus.emit('owner.told', news);
}

/** The agent's process, made anew for each run: where it works and what it may do depends on the task. */
function agentProcessLogic(services: Services): CallbackActorLogic<AgentCommand, RunRequest> {
  const { env, paths } = services;
  const enclose = createEncloser(services);
  const logicFor = (cwd: string, settings: () => AgentSettings) =>
    createAgentProcess({
      env,
      cwd,
      folder: ({ task }) => filesFolder(paths.mcp, task.id),
      settings,
      enclose,
      onEvents({ task }, events) {
        services.deeds.note(task, events);
        if (events.length > 0) services.standby.heard(task);
      },
      takeAhead: createTakeAhead(services),
      environment: () => services.settings.get('agent.environment'),
      prices: () => services.settings.get('agent.prices'),
    });
  return {
    ...logicFor(paths.work, () => ({})),
    start(snapshot, scope) {
      const { task } = snapshot.input;
      const draft = services.draftRuns.of(task);
      if (draft !== 'none') {
        draftProcessLogic(services, draft).start?.(snapshot, scope);
        return;
      }
      const ofRun = (request: RunRequest): string => mcpConfigFor(services, request);
      logicFor(folderOf(services, task), () => settingsFor(services, snapshot.input, ofRun)).start?.(
        snapshot,
        scope,
      );
    },
  };
}

/** A draft's agent works inside of its sandbox; where its draft is over, nothing runs at all. */
function draftProcessLogic(services: Services, draft: DraftRun | 'over') {
  const { env, ledger, paths } = services;
  const enclose = createEncloser(services);
  const folder = ({ task }: RunRequest): string => filesFolder(paths.mcp, task.id);
  if (draft === 'over')
    return createAgentProcess({ env, cwd: paths.work, folder, settings: () => ({}), enclose: overLaunch });
  return createAgentProcess({
    env,
    cwd: draft.cwd,
    folder,
    settings: ({ task }) => {
      const maxBudgetUsd = smallest(ledger.promiseOf(task), draft.settings.maxBudgetUsd);
      return { ...draft.settings, ...(maxBudgetUsd !== undefined && { maxBudgetUsd }) };
    },
    enclose: (launch, request) => enclose(draft.enter(launch, request), request),
  });
}

/** The way back in: our MCP server with a token for this run. */
function mcpConfigFor(services: Services, { task }: RunRequest): string {
  const { paths, passes } = services;
  const standing = standingOf(task);
  const token = passes.issue({ task, standing, tools: toolsFor(standing.trust) });
  const marker = taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt });
  return writeMcpConfig(paths.mcp, task.id, token, mcpWay(services, marker));
}

/** Shuts the way back in behind every task that ends, and whatever a former life left open. */
export function closePasses({
  bus,
  log,
  mcpDoor,
  passes,
  paths,
}: Pick<Services, 'bus' | 'log' | 'mcpDoor' | 'passes' | 'paths'>): void {
  clearMcpConfigs(paths.mcp);
  bus.on('task.state', ({ taskId, state }) => {
    if (state === 'running') return;
    const isUnused = passes.revoke(taskId);
    if (isUnused && state === 'done' && mcpDoor.avoid())
      log.warn(
        { taskId },
        'an agent did not reach the MCP server on the loopback; the next ones start their own',
      );
    removeMcpConfig(paths.mcp, taskId);
  });
}
