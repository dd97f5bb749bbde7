import { setTimeout as delay } from 'node:timers/promises';
import type { Counters } from '../../lib/counters.ts';
import type { HomePaths } from '../../lib/config/paths.ts';
import { overallState } from '../../lib/inference/describe-model.ts';
import type { Inference } from '../../lib/inference/inference.ts';
import type { Intake } from '../../lib/journal/intake.ts';
import type { Journal } from '../../lib/journal/journal.ts';
import type { Mailbox } from '../../lib/mailbox/mailbox.ts';
import type { AgentResolution } from '../../tasks/agents/resolution.ts';
import type { MemoryBoard } from '../../memory/keep/memory-board.ts';
import type { Store } from '../../lib/store/store.ts';
import { countDeliveries } from '../../outbox/rows/list-deliveries.ts';
import { countQueued } from '../../tasks/rows/list-tasks.ts';
import { packageVersion } from '../../lib/version.ts';
import { createLoopMonitor, type LoopMonitor } from '../../lib/loop-delay.ts';
import { gib } from '../../tasks/room/room.ts';
import type { ChildStatus, Status } from './status.ts';

/** A status waits this long for what only the store knows; past it the last known values serve. */
const storeDeadlineMs = 250;

export interface StatusDeps {
  paths: HomePaths;
  store: Store;
  mailbox: Pick<Mailbox, 'depth' | 'depthByPriority'>;
  journal: Pick<Journal, 'endPosition' | 'syncedPosition' | 'pendingLines' | 'sizeBytes'>;
  intake: Pick<Intake, 'unfinished'>;
  counters: Counters;
  startedAt: number;
  readiness: () => { ready: boolean; reasons: string[] };
  inference: Pick<Inference, 'builtIn' | 'embedder' | 'reranker' | 'ner'>;
  memoryBoard: Pick<MemoryBoard, 'progress'>;
  agent: () => AgentResolution | undefined;
  containment: Status['containment'];
  database: () => Status['database'];
  runningTasks: () => number;
  room: () => Status['room'];
  spend: () => Status['spend'];
  storage: () => Status['storage'];
  schedule: () => Status['schedule'];
  children: () => readonly ChildStatus[];
  dashboard: () => Status['dashboard'];
  /** Default: watches this process's event loop from now on. */
  loop?: Pick<LoopMonitor, 'read'>;
}

/**
 * The daemon's status. What only the store knows is left at its last known value while the store is away or busy:
 * a status neither fails nor hangs for that, and however often it is asked for, the store is asked once at a time.
 */
export function createStatusBuilder(deps: StatusDeps): () => Promise<Status> {
  const version = packageVersion();
  const loop = deps.loop ?? createLoopMonitor();
  let queued = 0;
  let deliveries: Status['deliveries'] = { pending: 0, failed: 0 };
  let asking: Promise<void> | undefined;
  const refresh = async (): Promise<void> => {
    queued = await countQueued(deps.store).catch(() => queued);
    deliveries = await countDeliveries(deps.store).catch(() => deliveries);
    asking = undefined;
  };
  return async () => {
    asking ??= refresh();
    await Promise.race([asking, delay(storeDeadlineMs, undefined, { ref: false })]);
    const { counters, journal, mailbox, paths } = deps;
    return {
      pid: process.pid,
      version,
      home: paths.home,
      fifo: paths.fifo,
      ...readinessOf(deps),
      startedAt: deps.startedAt,
      dashboard: deps.dashboard(),
      database: deps.database(),
      inference: modelsStatus(deps.inference),
      memory: deps.memoryBoard.progress(),
      agent: agentStatus(deps.agent()),
      containment: deps.containment,
      mailbox: { depth: mailbox.depth(), byPriority: mailbox.depthByPriority() },
      journal: {
        endPosition: journal.endPosition(),
        syncedPosition: journal.syncedPosition(),
        pendingLines: journal.pendingLines(),
        sizeBytes: journal.sizeBytes(),
      },
      unfinishedLine: deps.intake.unfinished() ?? null,
      loop: loop.read(),
      tasks: { running: deps.runningTasks(), queued },
      room: deps.room(),
      deliveries,
      storage: deps.storage(),
      schedule: deps.schedule(),
      counts: {
        accepted: counters.accepted,
        rejected: counters.rejected,
        routed: counters.routed,
        done: counters.done,
        dropped: counters.dropped,
        failed: counters.failed,
        deadLettered: counters.deadLettered,
      },
      spend: deps.spend(),
      children: deps.children(),
    };
  };
}

function readinessOf({ readiness }: StatusDeps): Pick<Status, 'ready' | 'notReadyBecause'> {
  const { ready, reasons } = readiness();
  return ready ? { ready } : { ready, notReadyBecause: reasons };
}

function modelsStatus({ builtIn, embedder, reranker, ner }: StatusDeps['inference']): Status['inference'] {
  const states = { builtIn: builtIn(), embedder: embedder(), reranker: reranker(), ner: ner() };
  return { state: overallState(states), ...states };
}

function agentStatus(agent: AgentResolution | undefined): Status['agent'] {
  if (agent === undefined)
    return { kind: 'unknown', path: null, version: null, reason: 'not looked for yet' };
  if ('version' in agent)
    return { kind: agent.kind, path: agent.path, version: agent.version, reason: agent.note ?? null };
  switch (agent.kind) {
    case 'command':
      return { kind: 'command', path: agent.path, version: null, reason: null };
    case 'offline':
      return { kind: 'offline', path: null, version: null, reason: agent.reason };
    case 'misconfigured':
      return { kind: 'misconfigured', path: agent.path, version: null, reason: agent.reason };
  }
}

/** What queued tasks wait for besides a lane, as the end of a clause; empty where nothing is short. */
export function shortageWords({ tasks, room }: Pick<Status, 'tasks' | 'room'>): string {
  if (room.waitsFor === null || tasks.queued === 0) return '';
  return room.waitsFor === 'cpu'
    ? ' and wait for a core'
    : ` and wait for memory (${gib(room.memoryBytes)} of ${gib(room.maxMemoryBytes)} taken)`;
}

/** The status in a few lines, for a chat. */
export function statusText(status: Status): string {
  const { mailbox, tasks, counts, spend, database, agent } = status;
  const cap = spend.capUsd === null ? '' : ` of $${spend.capUsd.toFixed(2)}`;
  return [
    `${status.ready ? 'Ready' : 'Not ready'}: ${mailbox.depth} events wait, ${tasks.running} tasks run, ${tasks.queued} are queued${shortageWords(status)}.`,
    `Since the start ${counts.accepted} taken, ${counts.rejected} not understood, ${counts.done} done, ${counts.failed} failed, ${counts.deadLettered} given up.`,
    `Database ${database.state}, agent ${agent.kind}, spent $${spend.todayUsd.toFixed(2)}${cap} today.`,
  ].join('\n');
}
