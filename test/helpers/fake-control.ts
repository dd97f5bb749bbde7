import type { ControlApi, EventSummary, TaskDetail } from '../../src/lib/control/api.ts';
import type { RecallReport } from '../../src/lib/recall/report.ts';
import type { Notice } from '../../src/lib/control/notice.ts';
import type { CostReport } from '../../src/lib/store/tasks/cost-report.ts';
import type { MemoryView } from '../../src/lib/dashboard/protocol/knowledge.ts';
import type { ExportedMemory } from '../../src/lib/memory/desk.ts';
import type { EntityDetail } from '../../src/lib/graph/desk.ts';
import { createSettings } from '../../src/lib/config/live-settings.ts';
import { ConflictError, NotFoundError } from '../../src/lib/control/errors.ts';
import type { TaskTranscript } from '../../src/lib/control/transcript.ts';
import type { Status } from '../../src/lib/control/status.ts';
import type { WatchMessage } from '../../src/lib/control/watch.ts';

/** A daemon's status with something in every field. */
export const someStatus: Status = {
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
    missing: 2,
  },
  agent: { kind: 'offline', path: null, version: null, reason: 'no claude was found' },
  containment: { tier: 'cgroup', reason: 'each task gets a cgroup in /sys/fs/cgroup/own' },
  mailbox: { depth: 1003, byPriority: { HUMAN: 1, URGENT: 0, HIGH: 2, NORMAL: 1000, LOW: 0, IDLE: 0 } },
  journal: { endPosition: 120_000, syncedPosition: 119_000, pendingLines: 1003, sizeBytes: 120_000 },
  loop: { p50Ms: 0.1, p99Ms: 2.4, maxMs: 17, since: Date.UTC(2026, 0, 1) },
  tasks: { running: 1, queued: 2 },
  counts: {
    accepted: 1_204_311,
    rejected: 3,
    routed: 1_203_308,
    done: 7,
    dropped: 2,
    failed: 1,
    deadLettered: 1,
  },
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

/** A finished task. */
/** What an onlooker is told each time. */
export const someInspection = { type: '@xstate.snapshot', sessionId: 'x:1' } as const;

export const someTask: TaskDetail = {
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
  memories: [],
  history: [],
};

/** What a finished task did, with a text that tries to command the terminal. */
export const someTranscript: TaskTranscript = {
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
export const someEvent: EventSummary = {
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
export const someRecall: RecallReport = {
  memories: [
    {
      id: 'memory:7',
      kind: 'note',
      content: 'disk on nas\u001B[31m is at 91%',
      source: 'shell',
      trust: 'owner',
      score: 0.9,
      createdAt: new Date(Date.UTC(2026, 0, 1)),
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
      found: [{ retriever: 'full text', rank: 1, score: 2.5, reason: 'disk, nas' }],
      fused: 0.0164,
      reranked: null,
      decay: 0.98,
      likeness: 0,
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
      found: [{ retriever: 'vectors', rank: 2, score: 0.4, reason: null }],
      fused: 0.0161,
      reranked: null,
      decay: 0.98,
      likeness: 0.15,
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
export const someNotices: Notice[] = [
  {
    id: 13,
    at: '2026-11-22T10:00:00.000Z',
    origin: 'task',
    text: 'The hose\u001B[31m is leaking.',
    taskId: 7,
    seenAt: null,
  },
  {
    id: 12,
    at: '2026-11-22T09:00:00.000Z',
    origin: 'spend',
    text: 'The cap is reached.',
    taskId: null,
    seenAt: null,
  },
];

/** What tasks cost, by model. */
export const someCost: CostReport = {
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
export const someEntity: EntityDetail = {
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
export const someMemory: MemoryView = {
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
export const someExport: ExportedMemory = {
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

const noMemory = (id: number): Promise<never> =>
  Promise.reject(new NotFoundError(`there is no memory ${id}`));

export interface FakeControl {
  api: ControlApi;
  /** Every call with its arguments, in order. */
  calls: unknown[][];
  /** The live watches by key. */
  watches: Map<string, (message: WatchMessage) => void>;
}

/** A control API without a daemon behind it, which remembers what it was asked. */
export function fakeControl(overrides: Partial<ControlApi> = {}): FakeControl {
  const calls: unknown[][] = [];
  const watches: FakeControl['watches'] = new Map();
  const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
  const stored = new Map<string, unknown>();
  const applyStored = () => settings.applyStored(Array.from(stored, ([key, value]) => ({ key, value })));
  const note = <Answer>(name: string, args: unknown[], answer: Answer): Promise<Answer> => {
    calls.push([name, ...args]);
    return Promise.resolve(answer);
  };
  const api: ControlApi = {
    status: () => note('status', [], someStatus),
    dashboardLink: (options) =>
      note('dashboardLink', [options], {
        url: 'http://127.0.0.1:7717/enter#code',
        expiresAt: '2026-03-29T01:30:00.000Z',
      }),
    inspect: (pending) => {
      void note('inspect', [], undefined);
      pending();
      return Promise.resolve({
        take: () => [someInspection],
        close: () => void note('inspect closed', [], undefined),
      });
    },
    tasks: (query) => note('tasks', [query], [someTask]),
    task: (id) =>
      id === 12 ? note('task', [id], someTask) : Promise.reject(new NotFoundError(`no task ${id}`)),
    transcript: (id) => note('transcript', [id], someTranscript),
    followTranscript(id, send) {
      send({ type: 'transcript', transcript: someTranscript });
      send({ type: 'entries', attempt: 2, entries: [{ at: 5, kind: 'noted', text: 'again' }] });
      send({ type: 'ended', state: 'done' });
      return note('followTranscript', [id], () => {});
    },
    cancelTask: () =>
      Promise.reject(new ConflictError('task 12 is done: only a queued or running one can be cancelled')),
    retryTask: (id) => note('retry', [id], { taskId: id, message: `task ${id} is queued again` }),
    steerTask: (id, text) => note('steer', [id, text], { taskId: id, message: 'said' }),
    events: (query) => note('events', [query], [someEvent]),
    explain: (line) =>
      note('explain', [line], {
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
    recall: (query) => note('recall', [query], someRecall),
    cost: (query) => note('cost', [query], { ...someCost, ...query }),
    notices: (query) => note('notices', [query], someNotices),
    seeNotices: (which) => note('seeNotices', [which], { unseen: 'ids' in which ? 1 : 0 }),
    settings: () => note('settings', [], settings.views()),
    setting: async (key) => note('setting', [key], settings.view(key)),
    setSetting: async (key, value) => {
      const checked = settings.check(key, value);
      stored.set(checked.key, checked.value);
      applyStored();
      return note('setSetting', [key, value], settings.view(key));
    },
    unsetSetting: async (key) => {
      stored.delete(settings.checkUnset(key));
      applyStored();
      return note('unsetSetting', [key], settings.view(key));
    },
    agent: {
      open(token) {
        calls.push(['agent.open', token]);
        return { session: 'a session', taskId: 12, tools: ['remember', 'recall'] };
      },
      call: (session, tool, input) => note('agent.call', [session, tool, input], `did ${tool}`),
    },
    memories: {
      list: (query) => note('memories.list', [query], [someMemory]),
      memory: (id) => (id === 7 ? note('memories.memory', [id], someMemory) : noMemory(id)),
      add: (memory) => note('memories.add', [memory], someMemory),
      edit: (id, change) =>
        id === 7
          ? note('memories.edit', [id, change], { ...someMemory, ...(change as object) })
          : noMemory(id),
      pin: (id, pinned) =>
        id === 7 ? note('memories.pin', [id, pinned], { ...someMemory, pinned }) : noMemory(id),
      forget: (ids) => note('memories.forget', [ids], [someExport]),
      import: (body) => note('memories.import', [body], { imported: body.lines.length - 1, known: 1 }),
      async *export(filter) {
        yield await note('memories.export', [filter], [someExport]);
        yield [{ ...someExport, id: 8 }];
      },
    },
    graph: {
      search: (query) => note('graph.search', [query], [someEntity]),
      entity: (ref) =>
        ref === 'nas' || ref === '3'
          ? note('graph.entity', [ref], someEntity)
          : Promise.reject(new NotFoundError(`there is no entity ${ref}`)),
      picture: (query) => note('graph.picture', [query], { nodes: [someEntity], edges: [], total: 1 }),
      ignored: (limit) => note('graph.ignored', [limit], [{ kind: 'other', name: 'Newsletter' }]),
      merge: (from, into) => note('graph.merge', [from, into], { id: 3, message: 'merged' }),
      split: (ref, aliases) => note('graph.split', [ref, aliases], { id: 5, message: 'split' }),
      rename: (ref, name) => note('graph.rename', [ref, name], { id: 3, message: 'renamed' }),
      forget: (ref, options) => note('graph.forget', [ref, options], { id: null, message: 'forgotten' }),
      teach: (entity) => note('graph.teach', [entity], { id: 6, message: 'known now' }),
    },
    sql: (text) =>
      note(
        'sql',
        [text],
        [
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
        ],
      ),
    watch(key, send) {
      calls.push(['watch', key]);
      watches.set(key, send);
      return () => watches.delete(key);
    },
    ...overrides,
  };
  return { api, calls, watches };
}
