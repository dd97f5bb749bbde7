import { mkdirSync, rmSync } from 'node:fs';
import { createBench } from '../actors/sensors/bench.ts';
import { createDatabase, type Database } from '../actors/database/create-database.ts';
import { createBus, type DaemonBus } from './bus.ts';
import { createChannels } from './channels.ts';
import { createDrafts, type Drafts } from './discord/drafts.ts';
import { accountsOf, type Account } from './mail/account.ts';
import { createMailDesk, foldersOf, type MailDesk } from './mail/desk.ts';
import { type Drafting, openDrafting } from './drafter/open-drafting.ts';
import { createDiscordLink, type DiscordLink } from './discord/link.ts';
import type { HomePaths } from './lib/config/paths.ts';
import { readStoredSettings } from './lib/config/stored-settings.ts';
import type { Containment } from './lib/process/containment/containment.ts';
import { createProgramRunner, type ProgramRunner } from './lib/process/run-program.ts';
import { createLoopMonitor, type LoopMonitor } from './lib/loop-delay.ts';
import { createRestartCount, type RestartCount } from './sensors/self-watch/restart-count.ts';
import { createRightOfWay } from './lib/store/right-of-way.ts';
import { createSelfWatch, type SelfWatch } from './sensors/self-watch/watch.ts';
import { createSensorService, type SensorService } from './sensors/service.ts';
import type { Strays } from './lib/process/strays/strays.ts';
import { countTask, type Counters, createCounters } from './lib/counters.ts';
import { type Fleet, openFleet } from './fleet/open-fleet.ts';
import { createDoor, type Door } from './faces/dashboard/door/door.ts';
import { messageOf, StoreAwayError } from './lib/errors.ts';
import { findingsKind } from './findings/jobs.ts';
import { createLookout, type Lookout } from './findings/lookout.ts';
import type { Screen } from './faces/terminal.ts';
import { createGraphExpansion } from './graph/expand.ts';
import { createLogger, type Logger } from './lib/log.ts';
import type { Channel } from './outbox/channel.ts';
import { proveRecordable } from './tasks/rows/prove-recordable.ts';
import type { LiveSettings } from './settings.ts';
import { beforeUpgrade } from './wiring/before-upgrade.ts';
import { type Agents, openAgents } from './agents.ts';
import { type Memory, openMemory } from './memory/open-memory.ts';
import { openRouting, type Routing } from './routing.ts';
import { openWayIn, type WayIn } from './way-in.ts';
import { type BackupHold, createBackupHold } from './upkeep/hold.ts';
import { createRoom, type Room } from './storage/room.ts';
import { createSchedule, type Schedule } from './schedule/schedule.ts';
import { putEvent } from './lib/wire/put-event.ts';
import { createEventWriter, type EventWriter } from './events/event-writer.ts';

/** Below the wait of the event writer, so that a line that could not be written is told as such. */
const writeMs = 8_000;

/** What a daemon is started with. */
export interface DaemonOptions {
  paths: HomePaths;
  settings: LiveSettings;
  env: NodeJS.ProcessEnv;
  /** The terminal that it was started in; the log leaves that alone. */
  screen?: Screen;
}

/** The daemon's data and services, which outlive the restart of any actor that uses them. */
export interface Services extends DaemonOptions, WayIn, Routing, Memory, Agents, Drafting, Fleet {
  log: Logger;
  bus: DaemonBus;
  counters: Counters;
  writer: EventWriter;
  database: Database;
  /** What a backup that is being made holds. */
  backupHold: BackupHold;
  /** Whether the disk of the home has room for what can wait. */
  diskRoom: Room;
  /** How the processes of tasks are held together; found out once, before anything runs. */
  containment: Containment;
  /** Processes of tasks that lost their parents and came to the daemon. */
  strays: Strays;
  /** What runs by the clock; `fireNow` has a job run at once. */
  schedule: Schedule;
  /** The ways out for what must reach somebody. */
  channels: readonly Channel[];
  /** Runs programs by the clock: those of sensors and of goals. */
  programs: ProgramRunner;
  sensors: SensorService;
  /** How late the event loop is; one account for the status, the metrics and the samples. */
  loop: LoopMonitor;
  selfWatch: SelfWatch;
  /** Has the detectors look. */
  lookout: Lookout;
  /** Counts restarts of parts of the tree, once the tree is there. */
  restarts: RestartCount;
  /** The connection to Discord as everybody else sees it; `disabled` where there is no token. */
  discord: DiscordLink;
  /** The mailboxes that the settings name, and how their folders are watched. */
  mailAccounts: readonly Account[];
  mailDesk: MailDesk;
  /** Replies that Discord shows while they are written. */
  discordDrafts: Drafts;
  door: Door;
  /** Lines of the journal before this position came before this start. */
  replayEnd: number;
  startedAt: number;
}

/** Makes the services of a daemon whose home is locked, and puts what the journal still holds back into the mailbox. */
export function createServices(
  options: DaemonOptions,
  { containment, strays }: Pick<Services, 'containment' | 'strays'>,
): Services {
  const { paths, settings, env } = options;
  const log = createLogger({
    dir: paths.logs,
    level: settings.get('log.level'),
    isQuiet: options.screen !== undefined,
  });
  const bus = createBus((thrown) => log.error({ err: thrown }, 'an observer failed'));
  const counters = createCounters();
  bus.on('task.ended', ({ state }) => countTask(counters, state));
  const wayIn = openWayIn({ paths, settings, log, bus, counters });
  const { acceptance, journal, mailbox } = wayIn;

  const loop = createLoopMonitor();
  const restarts = createRestartCount();
  const selfWatch = createSelfWatch({
    loop,
    mailbox,
    journal,
    slowMs: () => settings.get('selfWatch.slowMs'),
    restarts: restarts.read,
  });
  const backupHold = createBackupHold();
  const rightOfWay = createRightOfWay();
  const database = createDatabase({
    target: databaseTarget(options),
    prove: proveRecordable,
    onStatement: selfWatch.noteStatement,
    mayMaintain: () => !backupHold.isHeld(),
    behind: (store) => rightOfWay.after(store),
    beforeMigrating: beforeUpgrade({ ...options, log }),
  });
  settings.onChange((keys) => {
    if (keys.includes('findings.at')) bus.emit('jobs.changed', { kind: findingsKind });
    if (keys.includes('log.level')) log.level = settings.get('log.level');
  });
  // Nobody runs yet who would need what a former life has left there.
  clearFolder(paths.runs);
  const programs = createProgramRunner({
    worker: journal.uuid,
    containment,
    strays,
    folder: paths.runs,
    graceMs: () => settings.get('task.killGraceMs'),
  });
  const discord = createDiscordLink();
  const mailAccounts = accountsOf((key) => settings.get(key));
  const discordDrafts = createDrafts({ store: database.store, link: discord });
  const writer = createEventWriter({
    bus,
    putEvent: (event) => putEvent(paths, event, writeMs),
    watchKey: (key) => acceptance.watch(key),
  });
  const agents = openAgents({
    ...{ paths, settings, env, bus, log },
    store: database.store,
    worker: journal.uuid,
  });
  return {
    ...options,
    ...wayIn,
    ...openRouting({ paths, settings, bus }),
    ...openMemory({
      store: database.store,
      rightOfWay,
      log,
      rerankDeadlineMs: () => settings.get('recall.rerankDeadlineMs'),
      expand: [createGraphExpansion(database.store)],
      timed: (recall) => selfWatch.timed(recall),
    }),
    ...agents,
    ...openDrafting({
      ...{ settings, env, paths, programs, agent: agents.agent, log, database, bus, writer },
      worker: journal.uuid,
    }),
    ...openFleet({
      ...{ store: database.store, settings, bus, env },
      home: paths.home,
      worker: journal.uuid,
      put: (event) => putEvent(paths, event, writeMs),
    }),
    log,
    bus,
    counters,
    writer,
    database,
    backupHold,
    diskRoom: createRoom(() => settings.get('storage.minFreeBytes')),
    containment,
    strays,
    schedule: createSchedule(),
    programs,
    loop,
    selfWatch,
    lookout: createLookout({ store: database.store, settings, bus }),
    restarts,
    sensors: createSensorService({
      paths,
      env,
      settings,
      store: database.store,
      bus,
      worker: journal.uuid,
      bench: createBench({ paths }),
      programs,
      selfWatch,
      put: (event) => putEvent(paths, event, writeMs),
    }),
    discord,
    mailAccounts,
    mailDesk: createMailDesk(foldersOf(mailAccounts), () => bus.emit('list.changed', { list: 'mail.list' })),
    discordDrafts,
    channels: createChannels({
      discord:
        settings.get('discord.token') === null
          ? undefined
          : { store: database.store, link: discord, drafts: discordDrafts },
    }),
    door: createDoor({
      tokenPath: paths.token,
      sessionsPath: paths.sessions,
      names: () => [...settings.get('dashboard.names'), hostHeaderOf(settings.get('dashboard.host'))],
    }),
    replayEnd: journal.endPosition(),
    startedAt: Date.now(),
  };
}

function databaseTarget({ paths, settings }: DaemonOptions): Parameters<typeof createDatabase>[0]['target'] {
  const url = settings.get('database.url');
  if (url !== null) return { kind: 'server', url };
  return { kind: 'embedded', dataDir: paths.pg, socketDir: paths.sockets };
}

function clearFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
}

/** As a browser writes it. */
function hostHeaderOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Takes the settings that were changed at run time from the store. */
export async function loadStoredSettings({ settings, database, log }: Services): Promise<void> {
  try {
    for (const problem of settings.applyStored(await readStoredSettings(database.store))) log.warn(problem);
  } catch (thrown) {
    // An outage is told by the database, and they are read again after it.
    if (!(thrown instanceof StoreAwayError))
      log.warn(`the stored settings could not be read: ${messageOf(thrown)}`);
  }
}
