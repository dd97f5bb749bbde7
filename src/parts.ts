import { homedir } from 'node:os';
import { createDatabase, type Database } from '../actors/database/create-database.ts';
import { type Bus, createBus } from './lib/bus.ts';
import type { LiveSettings } from './lib/config/live-settings.ts';
import type { HomePaths } from './lib/config/paths.ts';
import { readStoredSettings } from './lib/config/stored-settings.ts';
import type { Containment } from './lib/containment/containment.ts';
import { countRejection, type Counters, createCounters } from './lib/counters.ts';
import { createDoor, type Door } from './lib/dashboard/door/door.ts';
import { messageOf, StoreAwayError } from './lib/errors.ts';
import { createGraphExpansion } from './lib/graph/expand.ts';
import type { Inference } from './lib/inference/inference.ts';
import { createInferenceDesk, type InferenceDesk } from './lib/inference/inference-desk.ts';
import { createIntake, type Intake } from './lib/journal/intake.ts';
import { type Journal, openJournal } from './lib/journal/journal.ts';
import { loadSplice } from './lib/journal/splice.ts';
import { createLogger, type Logger } from './lib/log.ts';
import { createMailbox, type Mailbox } from './lib/mailbox/mailbox.ts';
import { createEmbedders, type Embedders } from './lib/memory/embedders.ts';
import { type AgentPasses, createAgentPasses } from './lib/mcp/passes.ts';
import { childEntry } from './lib/process/child-entry.ts';
import { type AgentResolver, createAgentResolver } from './lib/process/resolve-agent.ts';
import { createRecall, type Recaller } from './lib/recall/create-recall.ts';
import type { Recall } from './lib/recall/recall.ts';
import { createMemoryBoard, type MemoryBoard } from './lib/remember/memory-board.ts';
import { createDesk, type Desk } from './lib/router/desk.ts';
import { compileRules, type RuleBook } from './lib/router/route.ts';
import { createSpendLedger, type SpendLedger } from './lib/spend/ledger.ts';
import { describeRejection } from './lib/wire/scan-line.ts';
import { createWatchers, type Watchers } from './lib/wire/watchers.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  paths: HomePaths;
  settings: LiveSettings;
  env: NodeJS.ProcessEnv;
}

/** The daemon's data and services, which outlive the restart of any actor that uses them. */
export interface Parts extends DaemonOptions {
  log: Logger;
  bus: Bus;
  counters: Counters;
  journal: Journal;
  intake: Intake;
  mailbox: Mailbox;
  desk: Desk;
  watchers: Watchers;
  database: Database;
  inference: Inference;
  inferenceDesk: InferenceDesk;
  embedders: Embedders;
  memoryBoard: MemoryBoard;
  agent: AgentResolver;
  /** How the processes of tasks are held together; found out once, before anything runs. */
  containment: Containment;
  recall: Recall;
  recaller: Recaller;
  ledger: SpendLedger;
  passes: AgentPasses;
  door: Door;
  rules: () => RuleBook;
  /** Lines of the journal before this position came before this start. */
  replayEnd: number;
  startedAt: number;
}

/** Makes the parts of a daemon whose home is locked, and puts what the journal still holds back into the mailbox. */
export function createParts(options: DaemonOptions, containment: Containment): Parts {
  const { paths, settings, env } = options;
  const log = createLogger({ dir: paths.logs, level: settings.get('log.level') });
  const bus = createBus((thrown) => log.error({ err: thrown }, 'an observer failed'));
  const counters = createCounters();
  const watchers = createWatchers((dedupKey) => bus.emit('event.accepted', { dedupKey }));
  const splice = loadSplice();
  if (splice === undefined)
    log.warn('no splice(2) here: a kill -9 in the instant between read and write may lose a line');
  const journal = openJournal({
    dir: paths.journal,
    segmentBytes: settings.get('journal.segmentBytes'),
    splice,
  });
  const intake = createIntake({
    journal,
    coalesces: (category) => settings.get('mailbox.coalesce').includes(category),
    onRejected: ({ reason, sample }) => {
      countRejection(counters, reason);
      log.warn({ reason, sample }, `rejected a line: ${describeRejection(reason)}`);
      bus.emit('event.rejected', { reason, sample });
    },
    onLowered: (source) => {
      counters.lowered += 1;
      log.warn({ source }, 'lowered HUMAN to URGENT: the owner does not speak through this source');
    },
    wantsDedupKeys: () => watchers.isAnyoneWaiting(),
    onDedupKey: (dedupKey, endPosition) => watchers.noteAccepted(dedupKey, endPosition),
  });
  const mailbox = createMailbox({
    capacity: settings.get('mailbox.capacity'),
    ageingMs: () => settings.get('mailbox.ageingMs'),
  });
  const replayed = replay(journal, intake, mailbox);
  if (replayed > 0) log.info({ lines: replayed }, 'took up the lines that the journal still held');

  const database = createDatabase({ target: databaseTarget(options) });
  let book = compileRules(settings.get('router.rules'));
  settings.onChange((keys) => {
    if (keys.includes('router.rules')) book = compileRules(settings.get('router.rules'));
    if (keys.includes('log.level')) log.level = settings.get('log.level');
  });
  const inferenceDesk = createInferenceDesk();
  const embedders = createEmbedders(inferenceDesk.inference);
  const recaller = createRecall({
    store: database.store,
    embedders,
    reranker: inferenceDesk.inference,
    rerankDeadlineMs: () => settings.get('recall.rerankDeadlineMs'),
    expand: [createGraphExpansion(database.store)],
  });
  return {
    ...options,
    log,
    bus,
    counters,
    journal,
    intake,
    mailbox,
    desk: createDesk(),
    watchers,
    database,
    containment,
    inference: inferenceDesk.inference,
    inferenceDesk,
    embedders,
    memoryBoard: createMemoryBoard(),
    agent: createAgentResolver({
      home: homedir(),
      env,
      configured: () => settings.get('agent.path') ?? undefined,
      command: () => settings.get('agent.command') ?? undefined,
      commandEntry: childEntry(import.meta.url, './command-agent.ts'),
      offlineEntry: childEntry(import.meta.url, './offline-agent.ts'),
    }),
    recall: recaller.recall,
    recaller,
    ledger: createSpendLedger({
      dailyCapUsd: () => settings.get('spend.dailyUsd'),
      monthlyCapUsd: () => settings.get('spend.monthlyUsd'),
      openLanes: () => settings.get('lanes.total') - settings.get('lanes.reservedForHuman'),
    }),
    passes: createAgentPasses(),
    door: createDoor({
      tokenPath: paths.token,
      names: () => [...settings.get('dashboard.names'), hostHeaderOf(settings.get('dashboard.host'))],
    }),
    rules: () => book,
    replayEnd: journal.endPosition(),
    startedAt: Date.now(),
  };
}

/** Lines that were read but perhaps not recorded when the daemon last ended. */
function replay(journal: Journal, intake: Intake, mailbox: Mailbox): number {
  let lines = 0;
  for (let batch = intake.next(); batch !== undefined; batch = intake.next()) {
    for (let index = 0; index < batch.count; index += 1)
      journal.addPending(batch.position[index] as number, 1);
    mailbox.offer(batch, Date.now());
    lines += batch.count;
  }
  intake.resume();
  return lines;
}

function databaseTarget({ paths, settings }: DaemonOptions): Parameters<typeof createDatabase>[0]['target'] {
  const url = settings.get('database.url');
  if (url !== null) return { kind: 'server', url };
  return { kind: 'embedded', dataDir: paths.pg, socketDir: paths.sockets };
}

/** As a browser writes it. */
function hostHeaderOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Takes the settings that were changed at run time from the store. */
export async function loadStoredSettings({ settings, database, log }: Parts): Promise<void> {
  try {
    for (const problem of settings.applyStored(await readStoredSettings(database.store))) log.warn(problem);
  } catch (thrown) {
    // An outage is told by the database, and they are read again after it.
    if (!(thrown instanceof StoreAwayError))
      log.warn(`the stored settings could not be read: ${messageOf(thrown)}`);
  }
}
