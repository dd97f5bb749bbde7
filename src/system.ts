import { createControlServer } from '../actors/control-server.ts';
import { controlMachine } from '../machines/control.ts';
import { mailboxMachine } from '../machines/mailbox.ts';
import { rootMachine } from '../machines/root.ts';
import { type ChildSpec, childSpec } from '../machines/supervisor-spec.ts';
import type { ControlApi } from './lib/control/api.ts';
import type { DashboardService } from './lib/dashboard/service.ts';
import type { Reflexes } from './lib/router/reflex.ts';
import type { Parts } from './parts.ts';
import { dashboardLogic } from './wiring/dashboard.ts';
import { databaseLogic } from './wiring/database.ts';
import { fifoReaderLogic } from './wiring/fifo-reader.ts';
import { graphLogic } from './wiring/graph.ts';
import { journalKeeperLogic, retentionLogic } from './wiring/chores.ts';
import { inferenceLogic } from './wiring/inference.ts';
import { memoryKeeperLogic } from './wiring/memory.ts';
import { recallKeeperLogic } from './wiring/recall.ts';
import { routerLogic } from './wiring/router.ts';
import { spendLogic } from './wiring/spend.ts';
import { tasksLogic } from './wiring/tasks.ts';

const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;

/** Who talks to the running system. */
export interface Faces {
  control: ControlApi;
  reflexes: Reflexes;
  dashboard: DashboardService;
  onRunning: () => void;
}

/** The root machine, and the tree as data: top to bottom is the order of starting, bottom to top that of stopping. */
export function createSystem(parts: Parts, { control, reflexes, dashboard, onRunning }: Faces) {
  const { database, desk, mailbox, paths, settings } = parts;
  const drainMs = settings.get('shutdown.drainMs');
  const tree: ChildSpec[] = [
    childSpec({
      id: 'database',
      logic: databaseLogic(parts),
      input: database.input,
      restart: 'permanent',
      shutdownMs: 20 * SECOND,
      readyMs: 120 * SECOND,
    }),
    childSpec({
      id: 'inference',
      logic: inferenceLogic(parts),
      input: { deadlineMs: settings.get('inference.deadlineMs') },
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'control',
      logic: controlMachine.provide({ actors: { server: createControlServer(control) } }),
      input: { socketPath: paths.controlSocket },
      restart: 'permanent',
      shutdownMs: 2 * SECOND,
      readyMs: 10 * SECOND,
    }),
    childSpec({
      id: 'journal-keeper',
      logic: journalKeeperLogic(parts),
      input: { restMs: 5 * SECOND, runsLast: true },
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'retention',
      logic: retentionLogic(parts),
      input: { restMs: 6 * HOUR, runsLast: false },
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'memory-keeper',
      logic: memoryKeeperLogic(parts),
      input: { restMs: 3 * SECOND, runsLast: false },
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'recall-keeper',
      logic: recallKeeperLogic(parts),
      input: { restMs: 2 * SECOND, runsLast: false },
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'graph',
      logic: graphLogic(parts),
      input: { restMs: 5 * SECOND, runsLast: false },
      restart: 'permanent',
      shutdownMs: 30 * SECOND,
    }),
    childSpec({
      id: 'mailbox',
      logic: mailboxMachine,
      input: { mailbox },
      restart: 'permanent',
      shutdownMs: SECOND,
    }),
    childSpec({
      id: 'router',
      logic: routerLogic(parts, reflexes),
      input: { mailbox, desk, batchSize: settings.get('store.batchSize') },
      restart: 'permanent',
      shutdownMs: drainMs + 5 * SECOND,
    }),
    childSpec({
      id: 'spend',
      logic: spendLogic(parts),
      restart: 'permanent',
      shutdownMs: SECOND,
    }),
    childSpec({
      id: 'tasks',
      logic: tasksLogic(parts),
      input: () => ({
        lanes: settings.get('lanes.total'),
        reservedForHuman: settings.get('lanes.reservedForHuman'),
        drainMs: settings.get('shutdown.drainMs'),
      }),
      restart: 'permanent',
      shutdownMs: drainMs + settings.get('task.killGraceMs') + 30 * SECOND,
      readyMs: 60 * SECOND,
    }),
    childSpec({
      id: 'dashboard',
      logic: dashboardLogic(parts, dashboard),
      input: { host: settings.get('dashboard.host'), port: settings.get('port') },
      restart: 'permanent',
      shutdownMs: 5 * SECOND,
      readyMs: 10 * SECOND,
    }),
    childSpec({
      id: 'fifo-reader',
      logic: fifoReaderLogic(parts),
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
      readyMs: 10 * SECOND,
    }),
  ];
  return { root: rootMachine.provide({ actions: { announceRunning: onRunning } }), tree };
}
