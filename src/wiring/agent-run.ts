import type { CallbackActorLogic } from 'xstate';
import { createAgentProcess } from '../../actors/tasks/agent-process.ts';
import { createNoteProcess, createTerminate } from '../../actors/tasks/run-steps.ts';
import { createTakeFollowUps } from '../../actors/tasks/take-follow-ups.ts';
import { agentRunMachine } from '../../machines/agent-run/machine.ts';
import type { AgentCommand } from '../../machines/agent-run/protocol.ts';
import { followUpsMachine } from '../../machines/follow-ups/machine.ts';
import { type DraftRun, overLaunch } from '../drafter/draft-runs.ts';
import type { AgentSettings } from '../tasks/run/arguments.ts';
import type { RunRequest } from '../tasks/run/launch.ts';
import { taskMarker } from '../lib/process/marker.ts';
import { clearMcpConfigs, mcpRule, removeMcpConfig, writeMcpConfig } from '../tasks/mcp/run-config.ts';
import { toolsFor } from '../tasks/mcp/tools.ts';
import { permissionFor, permissionSettings } from '../tasks/permissions/permission.ts';
import { HUMAN } from '../lib/wire/priority.ts';
import { standingOf } from '../lib/wire/standing.ts';
import { noteSilence } from '../tasks/rows/silence.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { attachmentPlaces, secretPlaces } from '../tasks/permissions/secret-places.ts';
import { workingDirectory } from '../tasks/permissions/working-directory.ts';
import { childEntry } from '../lib/process/child-entry.ts';
import { cgroupsOf } from '../lib/process/containment/containment.ts';
import { createEncloser } from './enclose.ts';
import type { Services } from '../services.ts';
import { userHomeFrom } from '../lib/config/paths.ts';
import { ownValue } from '../lib/own-value.ts';

/** One run of the agent, with what that run may do and spend. */
export function agentRunLogic(services: Services) {
  const { bus, containment, database, log, strays } = services;
  const idsOf = ({ request: { task } }: { request: RunRequest }) => ({
    taskId: task.id,
    eventId: task.eventId,
  });
  return agentRunMachine.provide({
    actors: {
      agentProcess: agentProcessLogic(services),
      noteProcess: createNoteProcess(database.store),
      terminate: createTerminate({
        cgroupsOf: (mark) => cgroupsOf(containment, mark),
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
      settings,
      enclose,
      onEvents: ({ task }, events) => services.deeds.note(task, events),
      environment: () => services.settings.get('agent.environment'),
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
      const cwd = workingDirectory(paths.work, {
        conversation: task.worksIn ?? task.conversation,
        trust: standingOf(task).trust,
      });
      logicFor(cwd, () => settingsFor(services, snapshot.input)).start?.(snapshot, scope);
    },
  };
}

/** A draft's agent works inside of its sandbox; where its draft is over, nothing runs at all. */
function draftProcessLogic(services: Services, draft: DraftRun | 'over') {
  const { env, ledger, paths } = services;
  const enclose = createEncloser(services);
  if (draft === 'over')
    return createAgentProcess({ env, cwd: paths.work, settings: () => ({}), enclose: overLaunch });
  return createAgentProcess({
    env,
    cwd: draft.cwd,
    settings: ({ task }) => {
      const maxBudgetUsd = smallest(ledger.promiseOf(task), draft.settings.maxBudgetUsd);
      return { ...draft.settings, ...(maxBudgetUsd !== undefined && { maxBudgetUsd }) };
    },
    enclose: (launch, request) => enclose(draft.enter(launch, request), request),
  });
}

function settingsFor(services: Services, request: RunRequest): AgentSettings {
  const { env, ledger, paths, settings } = services;
  const { task } = request;
  const { trust } = standingOf(task);
  const category = task.permissionCategory ?? task.terms?.category ?? task.category;
  const change = ownValue(settings.get('permissions.byCategory'), category);
  const allowed = permissionFor(settings.get(`permissions.${trust}`), trust, change);
  const closed = secretPlaces(trust, paths, userHomeFrom(env), env['CLAUDE_CONFIG_DIR']);
  const deny = [...allowed.deny, ...closed];
  const allow = [...allowed.allow, ...attachmentPlaces(trust, paths)];
  const permission = permissionSettings({ ...allowed, allow, deny });
  const maxBudgetUsd = smallest(ledger.promiseOf(task), task.terms?.budgetUsd);
  const maxTurns = settings.get('task.maxTurns');
  return {
    ...permission,
    ...(task.terms?.model != null && { model: task.terms.model }),
    ...(maxBudgetUsd !== undefined && { maxBudgetUsd }),
    ...(maxTurns !== null && { maxTurns }),
    ...(request.agent.rules.callsTools && {
      allowedTools: [...(permission.allowedTools ?? []), mcpRule],
      mcpConfig: mcpConfigFor(services, request),
    }),
  };
}

/** Of the caps that there are, the one that is reached first. */
function smallest(...caps: readonly (number | null | undefined)[]): number | undefined {
  const known = caps.filter((cap) => cap != null);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The way back in: our MCP server with a token for this run. */
function mcpConfigFor({ paths, passes }: Services, { task }: RunRequest): string {
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
export function closePasses({ bus, passes, paths }: Pick<Services, 'bus' | 'passes' | 'paths'>): void {
  clearMcpConfigs(paths.mcp);
  bus.on('task.state', ({ taskId, state }) => {
    if (state === 'running') return;
    passes.revoke(taskId);
    removeMcpConfig(paths.mcp, taskId);
  });
}
