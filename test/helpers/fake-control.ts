import type { ControlService } from '../../actors/control/control-server.ts';
import { createSettings } from '../../src/settings.ts';
import { ConflictError, NotFoundError } from '../../src/lib/errors.ts';
import { createDispatch } from '../../src/lib/operations/dispatch.ts';
import type { InputOf, OperationTable } from '../../src/lib/operations/operation.ts';
import { type Answers, type OperationName, type Operations, operations } from '../../src/operations.ts';
import type { WatchMessage } from '../../src/tasks/watch-event.ts';

/** A daemon's status with something in every field. */
export const someStatus: Answers['status.get'] = {
  pid: 4242,
  version: '0.1.0',
  home: '/home/me/.ninjad',
  fifo: '/home/me/.ninjad/events.fifo',
  ready: true,
  startedAt: Date.UTC(2026, 0, 1),
  dashboard: { url: 'http://127.0.0.1:7717/' },
  database: { kind: 'embedded', url: 'postgresql:///postgres?host=%2Frun&user=postgres', state: 'ready' },
  inference: {
    state: 'degraded',
    builtIn: { state: 'failed', reason: 'it is not built' },
    embedder: { state: 'degraded', reason: 'org/embedder is not on this machine' },
    reranker: { state: 'ready', model: 'org/reranker' },
    ner: { state: 'off' },
  },
  memory: {
    total: 12,
    prepared: 11,
    model: 'ninjad-lexical-1',
    degraded: 'org/embedder is not on this machine',
    embedded: 9,
    preparesASecond: null,
    encoders: [],
    missing: 2,
  },
  agent: { kind: 'offline', path: null, version: null, reason: 'no claude was found' },
  containment: { tier: 'cgroup', reason: 'each task gets a cgroup in /sys/fs/cgroup/own' },
  mailbox: { depth: 1003, byPriority: { HUMAN: 1, URGENT: 0, HIGH: 2, NORMAL: 1000, LOW: 0, IDLE: 0 } },
  journal: { endPosition: 120_000, syncedPosition: 119_000, pendingLines: 1003, sizeBytes: 120_000 },
  unfinishedLine: null,
  loop: { p50Ms: 0.1, p99Ms: 2.4, maxMs: 17, since: Date.UTC(2026, 0, 1) },
  tasks: { running: 1, queued: 2 },
  room: { lanes: 3, waitsFor: null, memoryBytes: 200_000_000, maxMemoryBytes: 2_000_000_000 },
  deliveries: { pending: 3, failed: 1 },
  schedule: {
    jobs: 12,
    broken: 0,
    waiting: 1,
    running: 2,
    nextAt: Date.UTC(2026, 0, 1, 9),
    lateMs: 0,
    lastTickMsAgo: 1_200,
    stuck: false,
    ended: { done: 40, failed: 2, missed: 3, skipped: 1, cancelled: 0 },
  },
  counts: {
    accepted: 1_204_311,
    rejected: 3,
    routed: 1_203_308,
    done: 7,
    dropped: 2,
    failed: 1,
    deadLettered: 1,
  },
  storage: { state: 'well', freeBytes: 5e9, limitBytes: 1e9, usedBytes: 2e9, budgetBytes: 5e9, since: 1000 },
  spend: { todayUsd: 0.042, capUsd: 5, monthUsd: 1.5, monthlyCapUsd: null, reached: null },
  children: [
    { id: 'database', state: 'running', value: 'ready', restart: 'permanent', restarts: 0, since: 1000 },
    {
      id: 'sensors',
      state: 'restarting',
      restart: 'permanent',
      restarts: 2,
      lastError: 'disk\u001B[31m gone',
      since: 1000,
      children: [{ id: 'fleet', state: 'stopped', restart: 'permanent', restarts: 1, since: 1000 }],
    },
  ],
};

/** What an onlooker is told each time. */
export const someInspection = { type: '@xstate.snapshot', sessionId: 'x:1' } as const;

/** A finished task. */
export const someTask: Answers['task.get']['task'] = {
  id: 12,
  eventId: 1_099_511_627_776,
  state: 'done',
  priority: 'HUMAN',
  source: 'cli',
  category: 'ask',
  conversation: null,
  text: 'what did the nas say?',
  outcome: 'succeeded',
  reason: null,
  progress: null,
  attempts: 1,
  costUsd: 0.042,
  queuedAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:01.000Z',
  finishedAt: '2026-01-01T00:02:15.000Z',
  prompt: 'what did the nas say?',
  reply: 'that its disk is at 91%',
  replyTo: null,
  runAfter: '2026-01-01T00:00:00.000Z',
  agent: null,
  usage: null,
  history: [],
};

/** What a finished task did, with a text that tries to command the terminal. */
export const someTranscript: Answers['task.transcript'] = {
  taskId: 12,
  state: 'done',
  attempts: [
    {
      attempt: 1,
      recordedAt: '2026-01-01T00:02:15.000Z',
      entries: [
        { at: 900, kind: 'called', tool: 'Bash', input: 'df -h\n/srv' },
        { at: 1_500, kind: 'returned', text: 'no\u001B[31m such file', failed: true },
        { at: 61_000, kind: 'said', text: 'that its disk is at 91%' },
      ],
      omitted: 2,
    },
  ],
};

/** A recorded event whose text tries to command the terminal. */
export const someEvent: Answers['events.list']['items'][number] = {
  id: 1_099_511_627_776,
  priority: 'LOW',
  source: 'shell',
  category: 'note',
  text: 'disk on nas\nis at \u001B]0;owned\u00079%',
  occurredAt: '2026-01-01T00:00:00.000Z',
  receivedAt: '2026-01-01T00:00:00.000Z',
  route: 'reflex:note',
  rule: 'note',
  status: 'done',
  reason: null,
  conversation: null,
};

/** A recall with one memory in and one out, with nothing but the lexical embedder. */
export const someRecall: Answers['recall.explain'] = {
  memories: [
    {
      id: 'memory:7',
      kind: 'note',
      content: 'disk on nas\u001B[31m is at 91%',
      source: 'shell',
      trust: 'owner',
      score: 0.9,
      createdAt: '2026-01-01T00:00:00.000Z',
    },
  ],
  candidates: [
    {
      id: 'memory:7',
      kind: 'note',
      content: 'disk on nas\u001B[31m is at 91%',
      source: 'shell',
      trust: 'owner',
      createdAt: '2026-01-01T00:00:00.000Z',
      found: [{ retriever: 'full text', rank: 1, score: 2.5, added: 0.5, reason: 'disk, nas' }],
      fused: 0.0164,
      reranked: null,
      decay: 0.98,
      score: 0.9,
      included: true,
      verdict: 'in',
    },
    {
      id: 'memory:8',
      kind: 'note',
      content: 'Disk on nas is at 91%',
      source: 'shell',
      trust: 'owner',
      createdAt: '2026-01-01T00:00:00.000Z',
      found: [{ retriever: 'vectors', rank: 2, score: 0.4, added: 0.1, reason: null }],
      fused: 0.0161,
      reranked: null,
      decay: 0.98,
      score: 0.7,
      included: false,
      verdict: 'out: duplicate of memory:7',
    },
  ],
  embedder: { model: 'ninjad-lexical-1', degraded: 'the embedder is loading' },
  reranker: { model: null, reason: 'the reranker is loading' },
  vectors: 'exact',
  problems: [],
  timings: [{ stage: 'total', ms: 12.34 }],
};

/** What the owner was told. */
export const someNotices: Answers['notices.list']['items'] = [
  {
    id: 13,
    at: '2026-11-22T10:00:00.000Z',
    origin: 'task',
    text: 'The hose\u001B[31m is leaking.',
    taskId: 7,
    seenAt: null,
    putOffUntil: null,
  },
  {
    id: 12,
    at: '2026-11-22T09:00:00.000Z',
    origin: 'spend',
    text: 'The cap is reached.',
    taskId: null,
    seenAt: null,
    putOffUntil: null,
  },
];

/** What tasks cost, by model. */
export const someCost: Answers['cost.get'] = {
  todayUsd: 0.042,
  tasksToday: 1,
  monthUsd: 1.5,
  by: 'model',
  days: 30,
  rows: [
    {
      key: 'claude-x\u001B[31m',
      costUsd: 1.5,
      tasks: 12,
      inputTokens: 1_200,
      outputTokens: 34_000,
      cacheReadTokens: 5_600_000,
      cacheWriteTokens: 78_000,
    },
  ],
};

/** An entity of the knowledge graph, whose evidence tries to command the terminal. */
export const someEntity: Answers['entity.get'] = {
  id: 3,
  kind: 'host',
  name: 'nas',
  trust: 'owner',
  mentions: 2,
  aliases: ['storage-1'],
  taught: false,
  firstSeenAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-02T00:00:00.000Z',
  evidence: [
    {
      memoryId: 7,
      taskId: null,
      eventId: null,
      snippet: 'backup-job runs on nas\u001B[31m',
      at: '2026-01-02T00:00:00.000Z',
      trust: 'owner',
    },
  ],
  relations: [
    {
      id: 9,
      subject: 4,
      object: 3,
      predicate: 'run_on',
      trust: 'owner',
      mentions: 2,
      weight: 1.1,
      direction: 'in',
      other: { id: 4, kind: 'service', name: 'backup-job', trust: 'owner', mentions: 1 },
      evidence: [],
    },
  ],
};

/** A memory whose text tries to command the terminal. */
export const someMemory: Answers['memory.get'] = {
  id: 7,
  kind: 'note',
  title: null,
  content: 'disk on nas\u001B[31m is at 91%',
  source: 'shell',
  trust: 'owner',
  importance: 0.5,
  tags: ['home'],
  pinned: false,
  seenCount: 2,
  recallCount: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-02T00:00:00.000Z',
  lastRecalledAt: null,
  eventId: 1_099_511_627_776,
  taskId: null,
  part: null,
};

/** The same as it is exported. */
export const someExport: Answers['memories.forget'][number] = {
  id: 7,
  kind: 'note',
  content: someMemory.content,
  title: null,
  source: 'shell',
  trust: 'owner',
  importance: 0.5,
  tags: ['home'],
  pinned: false,
  conversation: null,
  seenCount: 2,
  createdAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-02T00:00:00.000Z',
};

/** The result of a SELECT. */
export const someSqlRows: Answers['sql.run'] = [
  {
    command: 'SELECT',
    rowCount: 2,
    columns: ['id', 'detail'],
    rows: [
      [1, null],
      [20, { a: 1 }],
    ],
    truncated: false,
  },
];

/** A page of a list with nothing after it. */
function only<Item>(...items: Item[]): { items: Item[]; next: null } {
  return { items, next: null };
}

function noMemory(id: number): NotFoundError {
  return new NotFoundError(`there is no memory ${id}`);
}

/** Answers of operations, by name; the input is checked already. */
export type FakeAnswers = {
  [Name in OperationName]?: (
    input: InputOf<Operations, Name>,
  ) => Answers[Name] | Promise<Answers[Name]> | Promise<never>;
};

/** What a test puts in the place of the fake's own. */
export type Overrides = FakeAnswers & Partial<Omit<ControlService, 'dispatch'>>;

export interface FakeControl {
  service: ControlService;
  /** Calls with their arguments, in order: operations with their input, and streams; those that a test overrides are left out. */
  calls: unknown[][];
  /** The live watches by key. */
  watches: Map<string, (message: WatchMessage) => void>;
}

/** A control service without a daemon behind it, which remembers what it was asked. */
export function fakeControl(overrides: Overrides = {}): FakeControl {
  const calls: unknown[][] = [];
  const watches: FakeControl['watches'] = new Map();
  const answers = { ...fakeAnswers(), ...overrides } as Record<string, (input: unknown) => unknown>;
  const table = Object.fromEntries(
    Object.entries(operations).map(([name, { method, path, input }]) => {
      const handle = (_: unknown, given: unknown): unknown => {
        if (!Object.hasOwn(overrides, name)) calls.push([name, given]);
        return answers[name]?.(given);
      };
      return [name, { method, path, input, handle }];
    }),
  );
  const service: ControlService = {
    dispatch: createDispatch(table as OperationTable, {}, () => {}),
    inspect: (pending) => {
      calls.push(['inspect']);
      pending();
      return Promise.resolve({
        take: () => [someInspection],
        close: () => void calls.push(['inspect closed']),
      });
    },
    followTranscript(id, send) {
      calls.push(['followTranscript', id]);
      send({ type: 'transcript', transcript: someTranscript });
      send({ type: 'entries', attempt: 2, entries: [{ at: 5, kind: 'noted', text: 'again' }] });
      send({ type: 'ended', state: 'done' });
      return Promise.resolve(() => {});
    },
    async *exportMemories(filter) {
      calls.push(['exportMemories', filter]);
      yield await Promise.resolve([someExport]);
      yield [{ ...someExport, id: 8 }];
    },
    watch(key, send) {
      calls.push(['watch', key]);
      watches.set(key, send);
      return () => watches.delete(key);
    },
    ...overrides,
  };
  return { service, calls, watches };
}

function fakeAnswers(): FakeAnswers {
  const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
  const stored = new Map<string, unknown>();
  const applyStored = () => settings.applyStored(Array.from(stored, ([key, value]) => ({ key, value })));
  const field = (key: string) => ({ ...settings.view(key), schema: {}, expects: '' });
  return {
    'status.get': () => someStatus,
    'dashboard.link': () => ({
      url: 'http://127.0.0.1:7717/enter#code',
      expiresAt: '2026-03-29T01:30:00.000Z',
    }),
    'tasks.list': () => only(someTask),
    'task.get'({ id }) {
      if (id !== 12) throw new NotFoundError(`no task ${id}`);
      return {
        task: someTask,
        memories: [],
        attempts: [],
        costs: [],
        processes: [],
        live: null,
        hears: null,
      };
    },
    'task.transcript': () => someTranscript,
    'task.cancel'() {
      throw new ConflictError('task 12 is done: only a queued or running one can be cancelled');
    },
    'task.retry': ({ id }) => ({ taskId: id, message: `task ${id} is queued again` }),
    'task.goOn': ({ id }) => ({ taskId: id, message: `task ${id} goes on` }),
    'task.leave': ({ id }) => ({ taskId: id, message: `task ${id} is left` }),
    'task.again': ({ id }) => ({ taskId: id, message: `task ${id} is tried anew` }),
    'task.steer': ({ id }) => ({ taskId: id, message: 'said' }),
    'events.list': () => only(someEvent),
    'events.explain': () => ({
      accepted: true,
      priority: 'URGENT',
      lowered: true,
      source: 'cron:disk',
      category: 'alert',
      route: 'task',
      rule: 'urgent',
      verdicts: [
        { rule: 'human', route: 'task', matches: false, because: 'the priority URGENT is none of HUMAN' },
        { rule: 'urgent', route: 'task', matches: true },
      ],
    }),
    'recall.explain': () => someRecall,
    'cost.get': (query) => ({ ...someCost, ...query }),
    'goals.doctor': () => ({ goals: 0, path: '/usr/bin:/bin', problems: [] }),
    'findings.detectors': () => [],
    'findings.list': () => only(),
    'fleet.list': () => [],
    'notices.list': () => only(...someNotices),
    'notices.see': (which) => ({
      unseen: 'ids' in which ? 1 : 0,
      ids: 'ids' in which ? which.ids : [13, 12],
    }),
    'notices.later': ({ ids }) => ({ unseen: ids.length === 1 ? 1 : 0 }),
    'config.list': () => settings.views().map(({ key }) => field(key)),
    'config.get': ({ key }) => field(key),
    'config.set'({ key, value }) {
      const checked = settings.check(key, value);
      stored.set(checked.key, checked.value);
      applyStored();
      return field(key);
    },
    'config.unset'({ key }) {
      stored.delete(settings.checkUnset(key));
      applyStored();
      return field(key);
    },
    'agent.open': () => ({
      session: 'a session',
      taskId: 12,
      tools: ['remember', 'recall'],
      definitions: [],
    }),
    'agent.call': ({ tool }) => ({ text: `did ${tool}` }),
    'memories.waiting': () => ({ waiting: 0 }),
    'memories.list': () => only(someMemory),
    'memory.get'({ id }) {
      if (id !== 7) throw noMemory(id);
      return someMemory;
    },
    'memory.add': () => someMemory,
    'memory.edit'({ id, ...change }) {
      if (id !== 7) throw noMemory(id);
      return { ...someMemory, ...(change as object) };
    },
    'memory.pin'({ id, pinned }) {
      if (id !== 7) throw noMemory(id);
      return { ...someMemory, pinned };
    },
    'memories.forget': () => [someExport],
    'memories.import': ({ lines }) => ({ imported: lines.length - 1, known: 1 }),
    'entities.search': ({ limit }) => ({ items: [someEntity], next: limit === 1 ? someEntity.id : null }),
    'entity.get'({ ref }) {
      if (ref !== 'nas' && ref !== '3') throw new NotFoundError(`there is no entity ${ref}`);
      return someEntity;
    },
    'graph.get': () => ({ nodes: [someEntity], edges: [], total: 1 }),
    'entities.ignored': () => [{ kind: 'other', name: 'Newsletter' }],
    'entity.merge': () => ({ id: 3, message: 'merged' }),
    'entity.split': () => ({ id: 5, message: 'split' }),
    'entity.rename': () => ({ id: 3, message: 'renamed' }),
    'entity.forget': () => ({ id: null, message: 'forgotten' }),
    'entity.teach': () => ({ id: 6, message: 'known now' }),
    'sql.run': () => someSqlRows,
  };
}
