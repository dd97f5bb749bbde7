import { release, type as systemName } from 'node:os';
import type { DashboardService } from '../lib/dashboard/service.ts';
import type { ControlApi } from '../lib/control/api.ts';
import type { Status } from '../lib/control/status.ts';
import { createDispatch, type Handlers } from '../lib/dashboard/dispatch.ts';
import { createLiveReplies } from '../lib/dashboard/feeds/live-replies.ts';
import { openFeeds } from '../lib/dashboard/feeds/open-feeds.ts';
import { createPulse } from '../lib/dashboard/feeds/pulse.ts';
import { createMetrics } from '../lib/dashboard/metrics.ts';
import { chatOperations } from '../lib/dashboard/operations/chat.ts';
import { type DecidedList, decideOperations } from '../lib/dashboard/operations/decide.ts';
import { eventOperations } from '../lib/dashboard/operations/events.ts';
import { goalOperations } from '../lib/dashboard/operations/goals.ts';
import { graphOperations } from '../lib/dashboard/operations/graph.ts';
import { memoryOperations } from '../lib/dashboard/operations/memory.ts';
import { noticeOperations } from '../lib/dashboard/operations/notices.ts';
import { nowOperations } from '../lib/dashboard/operations/now.ts';
import { settingOperations } from '../lib/dashboard/operations/settings.ts';
import { taskOperations } from '../lib/dashboard/operations/tasks.ts';
import { taskProcesses } from '../lib/dashboard/task-processes.ts';
import { environmentSecrets } from '../lib/dashboard/sanitise.ts';
import { packageVersion } from '../lib/version.ts';
import { putEvent } from '../lib/wire/put-event.ts';
import type { Parts } from '../parts.ts';
import type { TreeView } from './tree-view.ts';
import { createLiveTree } from './tree-watch.ts';

export interface DashboardSources {
  control: ControlApi;
  view: TreeView;
  status: () => Promise<Status>;
}

/** Everything that the dashboard's server serves, made of the daemon's parts. It outlives the server's restarts. */
export function createDashboardService(
  parts: Parts,
  { control, view, status }: DashboardSources,
): DashboardService {
  const { bus, database, door, journal, log, settings, startedAt } = parts;
  const { store } = database;
  const now = (): Date => new Date();
  const report = (thrown: unknown, what: string): void =>
    log.error({ err: thrown }, `dashboard: ${what} failed`);
  const live = createLiveReplies(bus);
  const running = () => view.runningTasks().map((task) => ({ ...task, progress: null }));
  const pulse = createPulse({ bus, store, status, running });
  const tree = createLiveTree({
    root: view.root,
    secrets: () => secretsOf(parts),
    report: (thrown) => report(thrown, 'the inspection of the tree'),
  });
  const decided = decisions();
  const hello = () => ({
    version: packageVersion(),
    now: Date.now(),
    startedAt,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    platform: `Node ${process.versions.node}, ${systemName()} ${release()}`,
  });
  const writing = {
    bus,
    putEvent: (event: Parameters<typeof putEvent>[1]) => putEvent(parts.paths, event),
    watchKey: (dedupKey: string) => parts.watchers.watch(dedupKey),
  };
  const handlers: Handlers = {
    ...nowOperations({ hello, pulse }),
    ...eventOperations({ ...writing, store, control, now }),
    ...taskOperations({ store, control, live, processesOf: (taskId) => taskProcesses(journal.uuid, taskId) }),
    ...chatOperations({ ...writing, store, live }),
    ...memoryOperations({
      store,
      bus,
      explain: (query) => parts.recaller.explain(query),
      progress: () => parts.memoryBoard.progress(),
      models: () => ({
        embedder: parts.inference.embedder(),
        reranker: parts.inference.reranker(),
        ner: parts.inference.ner(),
      }),
      now,
    }),
    ...graphOperations(control.graph),
    ...decideOperations({ store, now, decided: decided.tell }),
    ...goalOperations({ ...writing, store, now, decided: decided.tell }),
    ...noticeOperations({ store, now, changed: () => pulse.askAgain() }),
    ...settingOperations({ store, control }),
    'tree.get': () => tree.get(),
    'tree.actor': ({ path }) => tree.actor(path),
  };
  return {
    door,
    dispatch: createDispatch(handlers, (thrown, name) => report(thrown, name)),
    health: { readiness: () => readinessOf(view) },
    metrics: createMetrics(status),
    hello,
    openFeeds: (output) =>
      openFeeds(
        {
          bus,
          store,
          settings,
          live,
          pulse,
          tree,
          conversationOf: (taskId) => running().find((task) => task.taskId === taskId)?.conversation ?? null,
          onDecision: decided.listen,
          report,
        },
        output,
      ),
    report,
  };
}

/** Values that no picture of the insides may show. */
export function secretsOf({ door, env }: Pick<Parts, 'door' | 'env'>): string[] {
  return [...door.secrets(), ...environmentSecrets(env)];
}

function readinessOf(view: TreeView): { ready: boolean; reasons: string[] } {
  const { state } = view.database();
  const reasons = [
    ...(view.isRunning() ? [] : ['the tree is not up']),
    ...(state === 'ready' ? [] : [`the database is ${state}`]),
  ];
  return { ready: reasons.length === 0, reasons };
}

function decisions() {
  const listeners = new Set<(list: DecidedList) => void>();
  return {
    tell: (list: DecidedList): void => {
      for (const listener of listeners) listener(list);
    },
    listen: (listener: (list: DecidedList) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
