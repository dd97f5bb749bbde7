import type { Answers } from '../../src/operations.ts';

type Now = Answers['now.get'];
type RunningTask = Now['running'][number];

interface Changes {
  ready?: boolean;
  database?: string;
  depth?: number;
  tasks?: Now['status']['tasks'];
  waitsFor?: Now['status']['room']['waitsFor'];
  running?: Partial<RunningTask>[];
  spend?: Partial<Now['status']['spend']>;
  children?: Partial<Now['status']['children'][number]>[];
  waiting?: Partial<Now['waiting']>;
  lately?: Partial<Now['lately']>;
  counts?: Partial<Now['status']['counts']>;
  loopP99Ms?: number;
  agent?: string;
  upkeep?: Partial<Now['upkeep']>;
  room?: Now['status']['storage']['state'];
  hosts?: Now['hosts'];
  hostsInTrouble?: Now['hostsInTrouble'];
  at?: number;
}

/** A pulse of a daemon that is well and has nothing to do, with some changes. */
export function pulse(changes: Changes = {}): Now {
  const depth = changes.depth ?? 0;
  return {
    at: changes.at ?? 0,
    eventsPerSecond: 0,
    status: {
      pid: 1,
      version: '0.1.0',
      home: '/home/owner/.ninjad',
      fifo: '/home/owner/.ninjad/events.fifo',
      ready: changes.ready ?? true,
      startedAt: 0,
      dashboard: { url: null },
      database: { kind: 'embedded', url: '', state: changes.database ?? 'ready' },
      inference: {
        state: 'off',
        builtIn: { state: 'off' },
        embedder: { state: 'off' },
        reranker: { state: 'off' },
        ner: { state: 'off' },
      },
      memory: {
        total: 0,
        prepared: 0,
        preparesASecond: null,
        model: null,
        degraded: null,
        embedded: 0,
        missing: 0,
        encoders: [],
      },
      unfinishedLine: null,
      containment: { tier: 'marker', reason: '' },
      agent: { kind: changes.agent ?? 'claude', path: null, version: null },
      mailbox: { depth, byPriority: { HUMAN: 0, URGENT: 0, HIGH: 0, NORMAL: depth, LOW: 0, IDLE: 0 } },
      journal: { endPosition: 0, syncedPosition: 0, pendingLines: 0, sizeBytes: 0 },
      loop: { p50Ms: 1, p99Ms: changes.loopP99Ms ?? 4, maxMs: 5, since: 0 },
      tasks: changes.tasks ?? { running: 0, queued: 0 },
      room: { lanes: 3, waitsFor: changes.waitsFor ?? null, memoryBytes: 0, maxMemoryBytes: 1 },
      deliveries: { pending: 0, failed: 0 },
      storage: {
        state: changes.room ?? 'well',
        freeBytes: 4e8,
        limitBytes: 1e9,
        usedBytes: 2e9,
        budgetBytes: 5e9,
        since: 0,
      },
      schedule: {
        jobs: 0,
        broken: 0,
        waiting: 0,
        running: 0,
        nextAt: null,
        lateMs: 0,
        lastTickMsAgo: null,
        stuck: false,
        ended: { done: 0, failed: 0, missed: 0, skipped: 0, cancelled: 0 },
      },
      counts: {
        accepted: 0,
        rejected: 0,
        routed: 0,
        done: 0,
        dropped: 0,
        failed: 0,
        deadLettered: 0,
        ...changes.counts,
      },
      spend: { todayUsd: 0, monthUsd: 0, capUsd: null, monthlyCapUsd: null, reached: null, ...changes.spend },
      children: (changes.children ?? []).map((child) => ({
        id: 'x',
        state: 'running',
        restarts: 0,
        since: 0,
        ...child,
      })),
    },
    running: (changes.running ?? []).map((task, index) => ({
      taskId: index + 1,
      conversation: null,
      text: '',
      progress: null,
      since: null,
      ...task,
    })),
    waiting: { wishes: 0, findings: 0, deadLetters: 0, doubts: 0, unread: 0, notices: 0, ...changes.waiting },
    upkeep: { backup: null, drill: null, ...changes.upkeep },
    notices: [],
    hosts: changes.hosts ?? [],
    hostsInTrouble: changes.hostsInTrouble ?? {
      down: (changes.hosts ?? []).filter(({ state }) => state === 'down').length,
      all: changes.hosts?.length ?? 0,
    },
    nextGoals: [],
    lately: { lastEnded: null, doneInARow: 0, failedInARow: 0, failedLastHour: 0, ...changes.lately },
  };
}
