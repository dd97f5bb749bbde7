import { type ActorRefFrom, createActor, toPromise } from 'xstate';
import type { rootMachine } from '../machines/root.ts';
import { endMarked } from './lib/agent/abandoned.ts';
import { detectContainment } from './lib/containment/containment.ts';
import { createStatusBuilder, statusText } from './lib/control/build-status.ts';
import { createControlApi } from './lib/control/create-api.ts';
import { messageOf } from './lib/errors.ts';
import { createAgentDesk } from './lib/mcp/agent-desk.ts';
import { acquireLock } from './lib/process/lock.ts';
import { countingRecalls } from './lib/recall/count-recalled.ts';
import { createReflexes } from './lib/reflexes/reflexes.ts';
import { ensureFifo } from './lib/wire/fifo.ts';
import { putEvent } from './lib/wire/put-event.ts';
import { createParts, type DaemonOptions, type Parts } from './parts.ts';
import { createSystem } from './system.ts';
import { closePasses } from './wiring/agent-run.ts';
import { createDashboardService, secretsOf } from './wiring/dashboard-service.ts';
import { createInspections } from './wiring/inspection.ts';
import { createTreeView } from './wiring/tree-view.ts';

/** After the second signal, whatever tasks have started has this long to be killed. */
const forcedEndMs = 3_000;

/**
 * Runs the daemon until it is stopped, and resolves to the exit code: 0 after an orderly stop, 1 where the root
 * supervisor gave up. Rejects before anything was started where the home is taken (`HOME_LOCKED`) or the pipe's
 * path is (`FIFO_REFUSED`). The first SIGTERM or SIGINT drains and stops; a second one ends at once.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const lock = acquireLock(options.paths.lock);
  try {
    await ensureFifo(options.paths.fifo);
    const containment = await detectContainment(options.settings.get('task.containment'));
    const parts = createParts(options, containment);
    try {
      return await runTree(parts);
    } finally {
      parts.journal.close();
    }
  } finally {
    lock.release();
  }
}

async function runTree(parts: Parts): Promise<number> {
  const { log, database } = parts;
  const recall = countingRecalls(parts.recall, database.store);
  closePasses(parts);
  const view = createTreeView(() => root, database.input);
  const status = createStatusBuilder({
    ...parts,
    store: database.store,
    agent: () => parts.agent.current(),
    containment: { tier: parts.containment.tier, reason: parts.containment.reason },
    isReady: view.isRunning,
    database: view.database,
    runningTasks: () => view.runningTasks().length,
    spend: () => parts.ledger.state(),
    children: view.children,
    dashboard: view.dashboard,
  });
  const control = createControlApi({
    ...parts,
    store: database.store,
    status,
    watchKey: (dedupKey) => parts.watchers.watch(dedupKey),
    tasks: view.tasks,
    dashboardUrl: () => view.dashboard().url,
    inspect: createInspections({
      root: view.root,
      secrets: () => secretsOf(parts),
      report: (thrown) => log.error({ err: thrown }, 'the inspection of the actors failed'),
    }),
    agentDesk: createAgentDesk({
      ...parts,
      recall,
      store: database.store,
      putEvent: (event) => putEvent(parts.paths, event),
      watchKey: (dedupKey) => parts.watchers.watch(dedupKey),
      queueLimits: () => ({
        maxDepth: parts.settings.get('selfTasks.maxDepth'),
        perTask: parts.settings.get('selfTasks.perTask'),
        perHour: parts.settings.get('selfTasks.perHour'),
      }),
    }),
  });
  const { root: rootLogic, tree } = createSystem(parts, {
    control,
    reflexes: createReflexes({
      store: database.store,
      recall,
      statusText: async () => statusText(await status()),
      runningTasks: view.runningTasks,
      cancelTask: (taskId) => view.tasks.cancel(taskId),
      spend: () => parts.ledger.state(),
    }),
    dashboard: createDashboardService(parts, { control, view, status }),
    onRunning: () => announceRunning(parts),
  });
  const root: ActorRefFrom<typeof rootMachine> = createActor(rootLogic, {
    input: { tree: { children: tree } },
  });
  const ended = toPromise(root);
  const forget = listenForSignals(parts, () => root.send({ type: 'root.stop' }));
  view.logFacts(log);
  parts.settings.onChange((keys) => {
    if (keys.some((key) => key.startsWith('lanes.'))) view.setLanes(lanesOf(parts));
  });
  root.start();
  void parts.agent.resolve();
  try {
    const output = await ended;
    if (output.outcome === 'stopped') {
      log.info('stopped');
      return 0;
    }
    log.fatal(output, 'gave up, since a part of the daemon failed again and again');
    return 1;
  } finally {
    forget();
  }
}

function lanesOf({ settings }: Parts) {
  return { lanes: settings.get('lanes.total'), reservedForHuman: settings.get('lanes.reservedForHuman') };
}

function announceRunning({ log, paths, database, agent, containment, startedAt }: Parts): void {
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
  log.info({ tier: containment.tier, reason: containment.reason }, 'how the processes of tasks are held');
  void agent.resolve().then((found) => {
    if (found.kind === 'claude') log.info({ path: found.path, version: found.version }, 'tasks go to claude');
    else if (found.kind === 'command')
      log.info({ path: found.path }, 'tasks go to the program of agent.command');
    else
      log.warn(
        { reason: found.reason },
        found.kind === 'offline' ? 'tasks go to the offline agent' : 'no task can run',
      );
  });
}

/** The first signal asks for an orderly stop; the second one kills what tasks have started and ends by that signal. */
function listenForSignals(parts: Parts, stop: () => void): () => void {
  const { log } = parts;
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!isStopping) {
      isStopping = true;
      log.info({ signal }, 'stopping; running tasks may end first, a second signal does not wait for them');
      stop();
      return;
    }
    log.warn({ signal }, 'stopping at once');
    forget();
    void endAtOnce(parts, signal);
  };
  const onUncaught = (thrown: unknown): void => {
    log.fatal({ err: thrown }, `unexpected error, the daemon ends: ${messageOf(thrown)}`);
    forget();
    void endAtOnce(parts, 'SIGABRT');
  };
  const forget = (): void => {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal).off('uncaughtException', onUncaught);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal).on('uncaughtException', onUncaught);
  return forget;
}

async function endAtOnce({ journal, log }: Parts, signal: NodeJS.Signals): Promise<void> {
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, forcedEndMs).unref());
  await Promise.race([endMarked(journal.uuid, 0), deadline]).catch((thrown: unknown) => {
    log.error({ err: thrown }, 'processes of tasks may be left; the next start ends them');
  });
  process.kill(process.pid, signal);
}
