import { randomUUID } from 'node:crypto';
import { type AnyActorRef, fromCallback, fromPromise, type SnapshotFrom } from 'xstate';
import { createEndStandby } from '../../actors/standby/end-standby.ts';
import { createPlanStandby, type System } from '../../actors/standby/plan-standby.ts';
import { createStandbyProcess, type PreparedStandby } from '../../actors/standby/standby-process.ts';
import { standbyMachine } from '../../machines/standby/machine.ts';
import type { LookResult, StandbyFact, StandbyPlan } from '../../machines/standby/protocol.ts';
import { occupantsOf } from '../../machines/tasks/board.ts';
import type { tasksMachine } from '../../machines/tasks/machine.ts';
import { cgroupsOf } from '../lib/process/containment/containment.ts';
import { taskMarker } from '../lib/process/marker.ts';
import { HUMAN } from '../lib/wire/priority.ts';
import { standingOf } from '../lib/wire/standing.ts';
import type { Services } from '../services.ts';
import { filesFolder, removeMcpConfig, writeMcpConfig } from '../tasks/mcp/run-config.ts';
import { toolsFor } from '../tasks/mcp/tools.ts';
import { maxMemoryOf } from '../tasks/room/lanes.ts';
import { isCrowded } from '../tasks/room/room.ts';
import { launchOf } from '../tasks/run/launch.ts';
import { mayStart, whyNotStay } from '../tasks/standby/memory.ts';
import { shapeOf } from '../tasks/standby/shape.ts';
import { createEncloser } from './enclose.ts';
import { mcpWay } from './mcp-way.ts';
import { launchTerms, settingsFor } from './run-terms.ts';

/** The agent that is started ahead of the owner's next message. */
export function standbyLogic(services: Services) {
  const { agent, containment, database, journal, log, loop, settings, standby } = services;
  return standbyMachine.provide({
    actors: {
      listen: createListen(services),
      plan: createPlanStandby({
        store: database.store,
        agent,
        worker: journal.uuid,
        newMark: () => standby.newMark(),
        mayStart: (system) =>
          mayStart(settings.get('agent.standby'), process.availableMemory()) && !lacksRoom(services, system),
        isStalled: () => loop.isStalled(),
        isThrough,
        sessionIdleDays: () => settings.get('conversations.idleDays'),
      }),
      process: createStandbyProcess({ desk: standby, prepare: (plan) => prepare(services, plan) }),
      look: fromPromise<LookResult>(({ system }) => {
        const reason = whyNotStay(settings.get('agent.standby'), process.availableMemory());
        return Promise.resolve(reason ?? (lacksRoom(services, system) ? 'memory' : undefined));
      }),
      end: createEndStandby({
        desk: standby,
        cgroupsOf: (mark) => cgroupsOf(containment, mark),
        graceMs: () => settings.get('task.killGraceMs'),
        onLeft: ({ left }) => log.warn({ left }, 'an agent that was started ahead could not be ended'),
      }),
    },
    actions: {
      giveUp: (_, reason) => {
        standby.giveUp(reason);
        log.info({ reason }, 'an agent that was started ahead is given up');
      },
      reportFailure: (_, { error }) => log.debug({ err: error }, 'no agent is started ahead for now'),
      reportUnready: (_, { reason }) =>
        log.info({ reason }, 'an agent that was started ahead did not get ready'),
    },
  });
}

/** What may call for another agent, and what becomes of the one that there is. */
function createListen({ bus, settings, standby }: Services) {
  return fromCallback(({ sendBack, system }) => {
    const tell = (fact: StandbyFact): void => sendBack(fact);
    const stops = [
      bus.on('task.ended', ({ taskId }) => {
        // It is the task's own word, so its actor is still there.
        const task = tasksOf(system)?.context.running[taskId]?.task;
        const isAnswer = task?.priority === HUMAN && standingOf(task).trust === 'owner';
        tell({
          type: 'standby.wake',
          ...(isAnswer && { answered: { taskId, conversation: task.conversation } }),
        });
      }),
      settings.onChange(() => tell({ type: 'standby.wake' })),
      standby.onNews(({ type, mark: { attempt } }) => tell({ type: `standby.${type}`, attempt })),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  });
}

function isThrough(system: System, taskId: number | null): boolean {
  const tasks = tasksOf(system);
  return (
    tasks?.matches('serving') === true && (taskId === null || tasks.context.running[taskId] === undefined)
  );
}

/** Tasks need the memory that it takes: one waits for some, or those that run leave none of `tasks.maxMemory`. */
function lacksRoom({ settings }: Pick<Services, 'settings'>, system: System): boolean {
  const tasks = tasksOf(system);
  if (tasks === undefined) return false;
  return (
    tasks.matches({ serving: { claims: 'shortOfMemory' } }) ||
    isCrowded(occupantsOf(tasks.context), tasks.context.memory, maxMemoryOf(settings))
  );
}

function tasksOf(system: System): SnapshotFrom<typeof tasksMachine> | undefined {
  return (system.get('tasks') as AnyActorRef | undefined)?.getSnapshot() as
    SnapshotFrom<typeof tasksMachine> | undefined;
}

/** The launch of the run that was planned, in a cgroup and with a mark of its own, and with a server that can do nothing yet. */
function prepare(services: Services, { mark, request }: StandbyPlan): PreparedStandby {
  const { containment, log, passes, paths } = services;
  const terms = launchTerms(services, request);
  const shape = shapeOf(request, terms);
  const owner = `standby-${mark.attempt}` as const;
  const standing = standingOf(request.task);
  const pass = passes.hold({ standing, tools: toolsFor(standing.trust) });
  const settings = settingsFor(services, request, () =>
    writeMcpConfig(paths.mcp, owner, pass.token, mcpWay(services, taskMarker(mark))),
  );
  const launch = launchOf(request, {
    ...terms,
    settings,
    newSessionId: randomUUID(),
    folder: filesFolder(paths.mcp, owner),
  });
  const enclose = createEncloser({ containment, log, strays: { begin: () => undefined } });
  const enclosed = enclose(launch, request);
  return {
    launch: enclosed,
    cwd: terms.cwd,
    shape,
    bind: (task) => pass.bind(task),
    forget() {
      pass.revoke();
      removeMcpConfig(paths.mcp, owner);
    },
  };
}
