import { type ControlService, createControlServer } from '../actors/control/control-server.ts';
import { controlMachine } from '../machines/control/machine.ts';
import { mailboxMachine } from '../machines/mailbox/machine.ts';
import { rootMachine } from '../machines/root/machine.ts';
import { supervisorMachine } from '../machines/supervisor/machine.ts';
import { type ChildSpec, childSpec } from '../machines/supervisor/spec.ts';
import type { DashboardService } from './faces/dashboard/service.ts';
import type { Reflexes } from './lib/reflexes/reflex.ts';
import { mayPrune } from './retention/may-prune.ts';
import type { JobKind } from './schedule/job.ts';
import type { Services } from './services.ts';
import type { ServicePulse } from './upkeep/service/pulse.ts';
import { alarmLogic, pingLogic } from './wiring/alarm.ts';
import { choreSpec } from './wiring/chore-spec.ts';
import { dashboardLogic } from './wiring/dashboard.ts';
import { databaseLogic } from './wiring/database.ts';
import { drilledParts, drillVariable } from './wiring/drilled-daemon.ts';
import { discordLogic } from './wiring/discord.ts';
import { fleetKeeperLogic, fleetLogic, fleetTellerLogic } from './wiring/fleet.ts';
import { fifoReaderLogic } from './wiring/fifo-reader.ts';
import { goalsKeeperLogic } from './wiring/goals.ts';
import { guardianLogic } from './wiring/guardian.ts';
import { graphLogic } from './wiring/graph.ts';
import { journalKeeperLogic, retentionLogic } from './wiring/chores.ts';
import { inferenceLogic } from './wiring/inference.ts';
import { mailWatchers } from './wiring/mail.ts';
import { memoryKeeperLogic, vectorKeeperLogic } from './wiring/memory.ts';
import { outboxInput, outboxLogic } from './wiring/outbox.ts';
import { recallKeeperLogic } from './wiring/recall.ts';
import { lanesOf } from './tasks/room/lanes.ts';
import { routerLogic } from './wiring/router.ts';
import { schedulerLogic } from './wiring/scheduler.ts';
import { servicePulseLogic } from './wiring/service-pulse.ts';
import { sensorKeeperLogic } from './wiring/sensors.ts';
import { selfWatchLogic } from './wiring/self-watch.ts';
import { rulesKeeperLogic } from './wiring/rules.ts';
import { spendLogic } from './wiring/spend.ts';
import { standbyLogic } from './wiring/standby.ts';
import { storageKeeperLogic } from './wiring/storage.ts';
import { strayKeeperLogic } from './wiring/strays.ts';
import { upkeepKeeperLogic } from './wiring/upkeep.ts';
import { tasksLogic } from './wiring/tasks.ts';
import { HOUR, MINUTE, SECOND } from './lib/time.ts';

/** Who talks to the running system. */
export interface Faces {
  control: ControlService;
  reflexes: Reflexes;
  dashboard: DashboardService;
  /** What runs by the clock. */
  jobs: readonly JobKind[];
  /** The word to the service manager, where one runs this daemon. */
  servicePulse: ServicePulse | undefined;
  onRunning: () => void;
}

/** The root machine, and the tree as data: top to bottom is the order of starting, bottom to top that of stopping. */
export function createSystem(
  services: Services,
  { control, reflexes, dashboard, jobs, servicePulse, onRunning }: Faces,
) {
  const { channels, database, recordQueue, mailbox, paths, settings } = services;
  const drainMs = settings.get('shutdown.drainMs');
  const tree: ChildSpec[] = [
    ...(servicePulse === undefined
      ? []
      : [
          choreSpec({
            id: 'service-pulse',
            logic: servicePulseLogic(services, servicePulse),
            restMs: SECOND,
            shutdownMs: 20 * SECOND,
          }),
        ]),
    childSpec({
      id: 'database',
      logic: databaseLogic(services),
      input: database.input,
      restart: 'permanent',
      shutdownMs: 20 * SECOND,
      readyMs: 120 * SECOND,
    }),
    childSpec({
      id: 'inference',
      logic: inferenceLogic(services),
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
      id: 'guardian',
      logic: guardianLogic(services),
      restart: 'permanent',
      shutdownMs: 2 * SECOND,
      readyMs: 10 * SECOND,
    }),
    choreSpec({
      id: 'journal-keeper',
      logic: journalKeeperLogic(services),
      restMs: 5 * SECOND,
      runsLast: true,
    }),
    choreSpec({ id: 'retention', logic: retentionLogic(services), restMs: 6 * HOUR }),
    choreSpec({ id: 'storage-keeper', logic: storageKeeperLogic(services), restMs: 15 * SECOND }),
    choreSpec({
      id: 'upkeep-keeper',
      logic: upkeepKeeperLogic(services),
      restMs: HOUR,
      shutdownMs: 5 * SECOND,
    }),
    choreSpec({ id: 'memory-keeper', logic: memoryKeeperLogic(services), restMs: 3 * SECOND }),
    choreSpec({ id: 'vector-keeper', logic: vectorKeeperLogic(services), restMs: 3 * SECOND }),
    choreSpec({ id: 'recall-keeper', logic: recallKeeperLogic(services), restMs: 2 * SECOND }),
    choreSpec({ id: 'graph', logic: graphLogic(services), restMs: 5 * SECOND, shutdownMs: 30 * SECOND }),
    childSpec({
      id: 'outbox',
      logic: outboxLogic(services, undefined, (now) =>
        mayPrune({ store: services.database.store, bus: services.bus }, now),
      ),
      input: outboxInput(channels, 5 * SECOND),
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'mailbox',
      logic: mailboxMachine,
      input: { mailbox },
      restart: 'permanent',
      shutdownMs: SECOND,
    }),
    choreSpec({
      id: 'rules-keeper',
      logic: rulesKeeperLogic(services),
      restMs: 2 * SECOND,
      runsLast: true,
      shutdownMs: 5 * SECOND,
    }),
    childSpec({
      id: 'router',
      logic: routerLogic(services, reflexes),
      input: { mailbox, queue: recordQueue, batchSize: settings.get('store.batchSize') },
      restart: 'permanent',
      shutdownMs: drainMs + 5 * SECOND,
    }),
    childSpec({
      id: 'spend',
      logic: spendLogic(services),
      restart: 'permanent',
      shutdownMs: SECOND,
    }),
    choreSpec({
      id: 'stray-keeper',
      logic: strayKeeperLogic(services),
      restMs: 2 * SECOND,
      runsLast: true,
      shutdownMs: 20 * SECOND,
    }),
    childSpec({
      id: 'tasks',
      logic: tasksLogic(services),
      input: () => ({
        ...lanesOf(settings),
        drainMs: settings.get('shutdown.drainMs'),
      }),
      restart: 'permanent',
      shutdownMs: drainMs + settings.get('task.killGraceMs') + 30 * SECOND,
      readyMs: 60 * SECOND,
    }),
    childSpec({
      id: 'standby',
      logic: standbyLogic(services),
      restart: 'permanent',
      shutdownMs: settings.get('task.killGraceMs') + 15 * SECOND,
    }),
    choreSpec({
      id: 'sensors',
      logic: sensorKeeperLogic(services),
      restMs: 5 * SECOND,
      shutdownMs: 5 * SECOND,
    }),
    childSpec({
      id: 'fleet',
      logic: fleetLogic(services),
      input: { atOnce: () => settings.get('fleet.atOnce') },
      restart: 'permanent',
      shutdownMs: 5 * SECOND,
    }),
    choreSpec({ id: 'fleet-teller', logic: fleetTellerLogic(services), restMs: 5 * SECOND }),
    choreSpec({ id: 'fleet-keeper', logic: fleetKeeperLogic(services), restMs: 10 * MINUTE }),
    choreSpec({ id: 'alarm', logic: alarmLogic(services), restMs: 15 * SECOND, shutdownMs: 40 * SECOND }),
    choreSpec({ id: 'ping', logic: pingLogic(services), restMs: SECOND }),
    choreSpec({
      id: 'self-watch',
      logic: selfWatchLogic(services),
      restMs: 10 * SECOND,
      shutdownMs: 5 * SECOND,
    }),
    childSpec({
      id: 'discord',
      logic: discordLogic(services, control),
      restart: 'permanent',
      shutdownMs: 5 * SECOND,
    }),
    childSpec({
      id: 'mail',
      logic: supervisorMachine,
      input: { children: mailWatchers(services) },
      restart: 'permanent',
      shutdownMs: 5 * SECOND,
    }),
    childSpec({
      id: 'dashboard',
      logic: dashboardLogic(services, dashboard),
      input: { host: settings.get('dashboard.host'), port: settings.get('port') },
      restart: 'permanent',
      shutdownMs: 5 * SECOND,
      readyMs: 10 * SECOND,
    }),
    choreSpec({ id: 'goals-keeper', logic: goalsKeeperLogic(services), restMs: 15 * SECOND }),
    childSpec({
      id: 'scheduler',
      logic: schedulerLogic(services, jobs),
      input: { drainMs: 5 * SECOND },
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
    }),
    childSpec({
      id: 'fifo-reader',
      logic: fifoReaderLogic(services),
      restart: 'permanent',
      shutdownMs: 10 * SECOND,
      readyMs: 10 * SECOND,
    }),
  ];
  const isDrill = services.env[drillVariable] === '1';
  const parts = isDrill ? tree.filter(({ id }) => drilledParts.has(id)) : tree;
  return { root: rootMachine.provide({ actions: { announceRunning: onRunning } }), tree: parts };
}
