import { mkdirSync, rmSync } from 'node:fs';
import { alwaysStrangers } from './lib/wire/settings.ts';
import { createRightOfWay, type RightOfWay } from './lib/store/right-of-way.ts';
import { nameStrangers } from './lib/wire/trust.ts';
import { createBench } from '../actors/sensors/bench.ts';
import type { AgentChild } from '../actors/tasks/agent-child.ts';
import { createStandbyDesk, type StandbyDesk } from './tasks/standby/desk.ts';
import { whyNotStay } from './tasks/standby/memory.ts';
import { createDatabase, type Database } from '../actors/database/create-database.ts';
import { createBus, type DaemonBus } from './bus.ts';
import { createChannels } from './channels.ts';
import { createDrafts, type Drafts } from './discord/drafts.ts';
import { accountsOf, type Account } from './mail/account.ts';
import { createMailDesk, foldersOf, type MailDesk } from './mail/desk.ts';
import { type Drafting, openDrafting } from './drafter/open-drafting.ts';
import { createDiscordLink, type DiscordLink } from './discord/link.ts';
import { type HomePaths, userHomeFrom } from './lib/config/paths.ts';
import { readStoredSettings } from './lib/config/stored-settings.ts';
import type { Containment } from './lib/process/containment/containment.ts';
import { createProgramRunner, type ProgramRunner } from './lib/process/run-program.ts';
import { createLoopMonitor, type LoopMonitor } from './lib/loop-delay.ts';
import { createRestartCount, type RestartCount } from './sensors/self-watch/restart-count.ts';
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
import type { Inference } from './lib/inference/inference.ts';
import { createModelQueue, type ModelQueue } from './lib/inference/model-queue.ts';
import type { Intake } from './lib/journal/intake.ts';
import type { Journal } from './lib/journal/journal.ts';
import { createLogger, type Logger } from './lib/log.ts';
import type { Mailbox } from './lib/mailbox/mailbox.ts';
import { createEmbedders, type Embedders } from './memory/embed/embedders.ts';
import type { Channel } from './outbox/channel.ts';
import { createMcpDoor, type McpDoor } from './tasks/mcp/door.ts';
import { type AgentPasses, createAgentPasses } from './tasks/mcp/passes.ts';
import { createDeeds, type Deeds } from './tasks/deeds.ts';
import { openLanesOf } from './tasks/room/lanes.ts';
import { childEntry } from './lib/process/child-entry.ts';
import { recallFirst } from './memory/recall-first.ts';
import { type AgentBench, createAgentBench } from './tasks/agents/bench.ts';
import { type AgentDirectory, createAgentDirectory } from './tasks/agents/directory.ts';
import { createRecall, type Recaller } from './memory/recall/create-recall.ts';
import type { Recall } from './memory/recall/recall.ts';
import { createInHand, type InHand } from './memory/keep/in-hand.ts';
import { createMemoryBoard, type MemoryBoard } from './memory/keep/memory-board.ts';
import { createMemoryCounts, type MemoryCounts } from './memory/keep/memory-counts.ts';
import { proveRecordable } from './tasks/rows/prove-recordable.ts';
import { createRecordQueue, type RecordQueue } from './events/router/record-queue.ts';
import type { RuleBook } from './events/router/route.ts';
import { createRuleHits, type RuleHits } from './events/router/rule-hits.ts';
import { createThrottles, type Throttles } from './events/router/throttles.ts';
import { compileRules } from './reflexes.ts';
import type { LiveSettings } from './settings.ts';
import { beforeUpgrade } from './wiring/before-upgrade.ts';
import { createBenchRecord } from './wiring/bench.ts';
import { openWayIn } from './way-in.ts';
import { type BackupHold, createBackupHold } from './upkeep/hold.ts';
import { createRoom, type Room } from './storage/room.ts';
import { createSchedule, type Schedule } from './schedule/schedule.ts';
import { createSpendLedger, type SpendLedger } from './spend/ledger.ts';
import { spooledBytes } from './lib/wire/spool.ts';
import { putEvent } from './lib/wire/put-event.ts';
import { createEventWriter, type EventWriter } from './events/event-writer.ts';
import type { Acceptance } from './lib/wire/acceptance.ts';

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
export interface Services extends DaemonOptions, Drafting, Fleet {
  log: Logger;
  bus: DaemonBus;
  counters: Counters;
  journal: Journal;
  intake: Intake;
  mailbox: Mailbox;
  writer: EventWriter;
  recordQueue: RecordQueue;
  acceptance: Acceptance;
  database: Database;
  /** Questions and what comes in go before what can wait. */
  rightOfWay: RightOfWay;
  /** What a backup that is being made holds. */
  backupHold: BackupHold;
  /** Whether the disk of the home has room for what can wait. */
  diskRoom: Room;
  inference: Inference;
  modelQueue: ModelQueue;
  embedders: Embedders;
  memoryBoard: MemoryBoard;
  memoryCounts: MemoryCounts;
  /** What was said and cannot be recalled yet. */
  inHand: InHand;
  /** Who may answer tasks; as a resolver the default one. */
  agent: AgentDirectory;
  agentBench: AgentBench;
  /** How the processes of tasks are held together; found out once, before anything runs. */
  containment: Containment;
  /** Processes of tasks that lost their parents and came to the daemon. */
  strays: Strays;
  /** What running agents were seen to do. */
  deeds: Deeds;
  /** Counts nothing: whoever hands memories over does. */
  recall: Recall;
  recaller: Recaller;
  ledger: SpendLedger;
  /** What runs by the clock; `fireNow` has a job run at once. */
  schedule: Schedule;
  passes: AgentPasses;
  mcpDoor: McpDoor;
  /** The agent that is started ahead of the owner's next message. */
  standby: StandbyDesk<AgentChild>;
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
  rules: () => RuleBook;
  /** What rules with a throttle let through lately. */
  throttles: Throttles;
  /** How often each rule took an event, until it is stored. */
  hits: RuleHits;
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
  const { acceptance, journal, intake, mailbox } = openWayIn({ paths, settings, log, bus, counters });

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
  const database = createDatabase({
    target: databaseTarget(options),
    prove: proveRecordable,
    onStatement: selfWatch.noteStatement,
    mayMaintain: () => !backupHold.isHeld(),
    beforeMigrating: beforeUpgrade({ ...options, log }),
  });
  let book = compileRules(settings.get('router.rules'));
  const nameThem = (): void => nameStrangers([...settings.get('trust.strangers'), ...alwaysStrangers]);
  nameThem();
  settings.onChange((keys) => {
    if (keys.includes('trust.strangers')) nameThem();
    if (keys.includes('router.rules')) {
      book = compileRules(settings.get('router.rules'));
      bus.emit('list.changed', { list: 'rules.list' });
    }
    if (keys.includes('findings.at')) bus.emit('jobs.changed', { kind: findingsKind });
    if (keys.includes('log.level')) log.level = settings.get('log.level');
  });
  const modelQueue = createModelQueue();
  const embedders = createEmbedders(modelQueue.inference);
  const rightOfWay = createRightOfWay();
  const memoryBoard = createMemoryBoard();
  const recaller = recallFirst(
    createRecall({
      store: database.store,
      embedders,
      reranker: modelQueue.inference,
      rerankDeadlineMs: () => settings.get('recall.rerankDeadlineMs'),
      expand: [createGraphExpansion(database.store)],
    }),
    rightOfWay,
  );
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
  const agent = createAgentDirectory({
    home: userHomeFrom(env),
    env,
    preferred: () => settings.get('agent.default') ?? undefined,
    pathOf: (name) =>
      (name === 'claude' ? settings.get('agent.path') : null) ?? settings.get('agent.paths')[name],
    command: () => settings.get('agent.command') ?? undefined,
    commandEntry: childEntry(import.meta.url, './tasks/agents/command-agent.ts'),
    offlineEntry: childEntry(import.meta.url, './tasks/agents/offline-agent.ts'),
  });
  return {
    ...options,
    ...openDrafting({
      ...{ settings, env, paths, programs, agent, log, database, bus, writer },
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
    journal,
    intake,
    mailbox,
    writer,
    recordQueue: createRecordQueue({ spooledBytes: (name) => spooledBytes(paths.spool, name) }),
    acceptance,
    database,
    rightOfWay,
    backupHold,
    diskRoom: createRoom(() => settings.get('storage.minFreeBytes')),
    containment,
    strays,
    deeds: createDeeds(paths.deeds),
    inference: modelQueue.inference,
    modelQueue,
    embedders,
    memoryBoard,
    memoryCounts: createMemoryCounts({ store: database.store, embedders, board: memoryBoard, log }),
    inHand: createInHand(),
    agent,
    agentBench: createAgentBench({ record: createBenchRecord({ store: database.store, bus, log }) }),
    recall: selfWatch.timed(recaller.recall),
    recaller,
    ledger: createSpendLedger({
      dailyCapUsd: () => settings.get('spend.dailyUsd'),
      monthlyCapUsd: () => settings.get('spend.monthlyUsd'),
      openLanes: () => openLanesOf(settings),
    }),
    schedule: createSchedule(),
    passes: createAgentPasses(),
    mcpDoor: createMcpDoor(),
    standby: createStandbyDesk({
      worker: journal.uuid,
      whyNotStay: () => whyNotStay(settings.get('agent.standby'), process.availableMemory()),
    }),
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
    rules: () => book,
    throttles: createThrottles(),
    hits: createRuleHits(),
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
