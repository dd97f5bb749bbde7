import { type ActorRefFrom, createActor, toPromise } from 'xstate';
import type { rootMachine } from '../machines/root/machine.ts';
import { endMarked } from './tasks/abandoned.ts';
import { detectContainment, tierInForce } from './lib/process/containment/containment.ts';
import { createStatusBuilder, statusText } from './faces/status/build-status.ts';
import type { Status } from './faces/status/status.ts';
import type { ScreenFeeds } from './faces/terminal.ts';
import { messageOf } from './lib/errors.ts';
import { endProbes } from './tasks/agents/probe.ts';
import { createAgentTools } from './tasks/mcp/agent-tools.ts';
import { leanMalloc } from './lib/process/lean-malloc.ts';
import { acquireLock } from './lib/process/lock.ts';
import { watchOwnChildren } from './lib/process/own-children.ts';
import { createStrays } from './lib/process/strays/strays.ts';
import { onParentGone } from './lib/process/parent-gone.ts';
import { becomeSubreaper } from './lib/process/subreaper.ts';
import { afterInHand } from './memory/keep/in-hand.ts';
import { countingRecalls } from './memory/recall/count-recalled.ts';
import { createJobKinds } from './jobs.ts';
import { createReflexes } from './reflexes.ts';
import { ensureFifo } from './lib/wire/fifo.ts';
import { scheduleStatus } from './schedule/status.ts';
import { createServices, type DaemonOptions, type Services } from './services.ts';
import { createSystem } from './system.ts';
import { decideTask } from './tasks/commands.ts';
import { lanesOf, maxMemoryOf } from './tasks/room/lanes.ts';
import { listInDoubt } from './tasks/rows/doubt.ts';
import { openServicePulse } from './wiring/service-pulse.ts';
import { closePasses } from './wiring/agent-run.ts';
import { createFaces } from './wiring/faces.ts';
import { drillVariable } from './wiring/drilled-daemon.ts';
import { createTreeHandle } from './wiring/tree-handle.ts';
import { followDraftTime } from './wiring/wishes.ts';

/** After the second signal, whatever tasks have started has this long to be killed. */
const forcedEndMs = 3_000;

/**
 * All by which people, terminals and service managers ask a program to end, and those that end one which does not know them:
 * a timer, a limit of time, a power supply. Without a listener the processes of tasks would be left.
 */
const stopSignals = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
] as const;

/** A terminal that closes hangs up more than once: the kernel tells the foreground group, the shell its jobs. */
const sameHangUpMs = 200;

/**
 * Runs the daemon until it is stopped, and resolves to the exit code: 0 after an orderly stop, 1 where the root
 * supervisor gave up. Rejects before anything was started where the home is taken (`HOME_LOCKED`) or the pipe's
 * path is (`FIFO_REFUSED`). The first of `stopSignals` drains and stops; a second one ends at once.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  leanMalloc();
  const own = watchOwnChildren();
  try {
    const lock = acquireLock(options.paths.lock);
    try {
      await ensureFifo(options.paths.fifo);
      const containment = await detectContainment(options.settings.get('task.containment'));
      const strays = createStrays({ subreaper: becomeSubreaper(), own });
      const services = createServices(options, { containment, strays });
      try {
        return await runTree(services);
      } finally {
        await endProbes();
        services.journal.close();
      }
    } finally {
      lock.release();
    }
  } finally {
    own.stop();
  }
}

async function runTree(services: Services): Promise<number> {
  const { log, database } = services;
  const recall = afterInHand(countingRecalls(services.recall, database.store), services.inHand);
  closePasses(services);
  const view = createTreeHandle(() => root, database.input);
  services.restarts.watch(view.children);
  services.draftTasks.cancel = (taskId) => view.tasks.cancel(taskId);
  const status = createStatusBuilder({
    ...services,
    store: database.store,
    agent: () => services.agent.current(),
    containment: tierInForce(services.containment, services.strays.adopts),
    readiness: view.readiness,
    database: view.database,
    runningTasks: () => view.runningTasks().length,
    room: () => ({ ...view.room(), maxMemoryBytes: maxMemoryOf(services.settings) }),
    spend: () => services.ledger.state(),
    storage: () => services.diskRoom.state(),
    schedule: () => scheduleStatus(services.schedule, Date.now()),
    children: view.children,
    dashboard: view.dashboard,
  });
  const agentTools = createAgentTools({
    ...services,
    recall,
    store: database.store,
    queueLimits: () => ({
      maxDepth: services.settings.get('selfTasks.maxDepth'),
      perTask: services.settings.get('selfTasks.perTask'),
      perHour: services.settings.get('selfTasks.perHour'),
    }),
  });
  const servicePulse = openServicePulse(services.paths, services.env);
  const { root: rootLogic, tree } = createSystem(services, {
    servicePulse,
    ...createFaces(services, { view, status, agentTools }),
    reflexes: createReflexes({
      store: database.store,
      bus: services.bus,
      recall,
      statusText: async () => statusText(await status()),
      runningTasks: view.runningTasks,
      cancelTask: (taskId) => view.tasks.cancel(taskId),
      tasksInDoubt: async () =>
        (await listInDoubt(database.store, 100)).map(({ id, conversation, text }) => ({
          taskId: id,
          conversation,
          text: text.slice(0, 60),
        })),
      decideTask: (decision, taskId, caller) =>
        decideTask({ store: database.store, tasks: view.tasks, now: () => new Date() }, caller, {
          decision,
          taskId,
        }),
      spend: () => services.ledger.state(),
    }),
    jobs: createJobKinds(services, { cancelTask: (taskId) => view.tasks.cancel(taskId) }),
    onRunning: () => {
      servicePulse?.noteRunning();
      announceRunning(services, status);
    },
  });
  const root: ActorRefFrom<typeof rootMachine> = createActor(rootLogic, {
    input: { tree: { children: tree } },
  });
  const ended = toPromise(root);
  const feeds: ScreenFeeds = {
    bus: services.bus,
    runningTasks: view.runningTasks,
    drainMs: services.settings.get('shutdown.drainMs'),
  };
  const unfollow = services.screen?.follow(feeds);
  const forget = listenForSignals(services, () => {
    services.screen?.stopping(feeds);
    services.draftDesk.close();
    servicePulse
      ?.noteStopping()
      .catch((thrown: unknown) => log.warn(`systemd was not told of the stop: ${messageOf(thrown)}`));
    root.send({ type: 'root.stop' });
  });
  for (const { old, name } of services.settings.renamed())
    log.warn(`config.json: ${old} is called ${name} now; the old name still works, rename it there`);
  view.logFacts(log);
  followDraftTime(services);
  services.diskRoom.onRoom(() => view.wakeTasks());
  services.settings.onChange((keys) => {
    if (keys.some((key) => key.startsWith('lanes.') || key === 'tasks.maxMemory'))
      view.setLanes(lanesOf(services.settings));
  });
  root.start();
  const isDrill = services.env[drillVariable] === '1';
  const forgetParent = isDrill ? onParentGone(() => root.send({ type: 'root.stop' })) : undefined;
  if (!isDrill) void services.agent.resolve();
  try {
    const output = await ended;
    if (output.outcome === 'stopped') {
      log.info('stopped');
      services.screen?.ended('Stopped.');
      return 0;
    }
    log.fatal(output, 'gave up, since a part of the daemon failed again and again');
    return 1;
  } finally {
    unfollow?.();
    forgetParent?.();
    forget();
  }
}

function announceRunning(services: Services, status: () => Promise<Status>): void {
  const { log, paths, database, agent, containment, env, startedAt, strays, screen } = services;
  log.info(
    {
      home: paths.home,
      fifo: paths.fifo,
      control: paths.controlSocket,
      database: database.input.url,
      tookMs: Date.now() - startedAt,
    },
    'ready: events are taken; try  ninjad ask "how are you?"  or  ninjad status',
  );
  log.info(tierInForce(containment, strays.adopts), 'how the processes of tasks are held');
  if (env[drillVariable] === '1') return;
  void agent.resolve().then((found) => {
    if ('version' in found)
      log.info({ path: found.path, version: found.version }, `tasks go to ${found.kind}`);
    else if (found.kind === 'command')
      log.info({ path: found.path }, 'tasks go to the program of agent.command');
    else
      log.warn(
        { reason: found.reason },
        found.kind === 'offline' ? 'tasks go to the offline agent' : 'no task can run',
      );
    void status().then((now) => screen?.ready(now));
  });
}

/** The first signal asks for an orderly stop; the second one kills what tasks have started and ends by that signal. */
function listenForSignals(services: Services, stop: () => void): () => void {
  const { log } = services;
  let stoppingSince: number | undefined;
  let ending = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppingSince === undefined) {
      stoppingSince = performance.now();
      log.info({ signal }, 'stopping; running tasks may end first, a second signal does not wait for them');
      stop();
      return;
    }
    if (signal === 'SIGHUP' && performance.now() - stoppingSince < sameHangUpMs) return;
    log.warn({ signal }, 'stopping at once');
    end(signal);
  };
  const onUncaught = (thrown: unknown): void => {
    log.fatal({ err: thrown }, `unexpected error, the daemon ends: ${messageOf(thrown)}`);
    end('SIGABRT');
  };
  // A third signal must not end the daemon while it still kills: the listeners stay until it ends itself.
  const end = (signal: NodeJS.Signals): void => {
    if (ending) return;
    ending = true;
    void endAtOnce(services, signal, forget);
  };
  const forget = (): void => {
    for (const signal of stopSignals) process.off(signal, onSignal);
    process.off('uncaughtException', onUncaught);
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  process.on('uncaughtException', onUncaught);
  return forget;
}

async function endAtOnce(
  { journal, log, strays }: Services,
  signal: NodeJS.Signals,
  forget: () => void,
): Promise<void> {
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, forcedEndMs).unref());
  const ends = Promise.all([endMarked(journal.uuid, 0, strays.claimsOfAll()), endProbes()]);
  await Promise.race([ends, deadline]).catch((thrown: unknown) => {
    log.error({ err: thrown }, 'processes of tasks may be left; the next start ends them');
  });
  forget();
  process.kill(process.pid, signal);
}
