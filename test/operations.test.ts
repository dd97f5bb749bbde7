import { describe, expect, it } from 'vitest';
import { createBus } from '../src/bus.ts';
import { createChatSender } from '../src/chat/sender.ts';
import type { EventWriter } from '../src/events/event-writer.ts';
import { createDispatch, type Dispatched } from '../src/lib/operations/dispatch.ts';
import { type Face, faces } from '../src/lib/operations/operation.ts';
import { type OperationName, type OperationNeeds, operations, type Request } from '../src/operations.ts';
import { createLookout } from '../src/findings/lookout.ts';
import { createSchedule } from '../src/schedule/schedule.ts';
import { createSensorRecords } from '../src/sensors/records.ts';
import { createSensors } from '../src/sensors/registry.ts';
import { createRuleHits } from '../src/events/router/rule-hits.ts';
import { compileRules, ruleHouse } from '../src/reflexes.ts';
import { createSettings } from '../src/settings.ts';
import { emptyReport } from '../src/fleet/report.ts';
import { createFleetService } from '../src/fleet/service.ts';
import { retryTask, type TaskCommands } from '../src/tasks/commands.ts';
import { agentDirectory } from './helpers/agent-directory.ts';
import { tempDir } from './helpers/temp-dir.ts';
import { createDiscordLink } from '../src/discord/link.ts';
import { createMailDesk } from '../src/mail/desk.ts';
import { createBackupHold } from '../src/upkeep/hold.ts';
import { emptyTables } from './helpers/empty-tables.ts';
import { useDatabase } from './helpers/use-database.ts';
import { createDraftDesk } from '../src/wishes/drafting/desk.ts';

const tables = [
  'events',
  'tasks',
  'wishlist',
  'optimization_findings',
  'goals',
  'memory_embeddings',
  'entities',
  'entity_names',
  'owner_notices',
  'conversation_marks',
  'deliveries',
  'discord_bots',
  'discord_channels',
  'discord_pairings',
  'config',
  'activity_log',
  'pruning_clock',
  'sensors',
  'rule_versions',
  'rule_days',
  'machines',
  'imports',
  'first_steps',
];
const { store } = useDatabase(...tables);
const emptyAll = emptyTables(tables);

const now = (): Date => new Date('2026-11-28T08:00:00Z');
const names = Object.keys(operations) as OperationName[];
const acts = names.filter((name) => operations[name].method !== 'GET');
const written: string[] = [];
const writer: EventWriter = {
  putAccepted: (_, dedupKey) => Promise.resolve(void written.push(dedupKey)),
};
const tasks: TaskCommands = {
  isRunning: (id) => id === 2,
  cancel: () => undefined,
  retry: () => undefined,
  again: () => undefined,
  wake: () => undefined,
  steer: () => undefined,
  transcript: () => undefined,
};

/** The table on a real store, with stand-ins for the parts of a daemon that hold no rows. */
function table() {
  const changed: string[] = [];
  const bus = createBus((thrown) => {
    throw thrown;
  });
  bus.on('list.changed', ({ list }) => changed.push(list));
  const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
  const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
  const trial = { at: 0, tookMs: 1, state: 'done' as const, events: 0, lines: [], trouble: null };
  const discord = createDiscordLink();
  discord.note({ botId: '1' });
  const needs = {
    sensorDesk: {
      sensors: createSensors({ store, settings, worker, folder: '/nowhere' }),
      records: createSensorRecords(tempDir()),
      runner: { try: () => Promise.resolve(trial) },
      worker,
    },
    fleetDesk: {
      service: createFleetService({
        store,
        settings,
        bus,
        worker,
        probe: () => Promise.resolve({ kind: 'answered', report: { ...emptyReport, load1: 1 }, tookMs: 1 }),
        put: () => Promise.resolve(),
        sight: () => Promise.resolve({ gateway: null, addresses: null }),
      }),
      acceptKey: () => Promise.reject(new Error('there is no ssh')),
      rawDays: () => 7,
    },
    draftDesk: createDraftDesk({
      store,
      bus,
      worker,
      now,
      draftsman: { draft: () => new Promise(() => undefined) },
    }),
    draftsman: {
      stillApplies: (_: string, base: string) =>
        Promise.resolve(base === 'old' ? { kind: 'stale', reason: 'it moved' } : { kind: 'applies' }),
    },
    store,
    console: store,
    lookout: createLookout({ store, settings, bus, now }),
    bus,
    now,
    settings,
    rules: () => compileRules([]),
    ruleHouse,
    hits: createRuleHits(),
    permissionCategories: () => [],
    wakeTasks: () => undefined,
    schedule: {
      ...createSchedule(),
      fireNow: () => Promise.resolve({ id: 1, ended: new Promise(() => undefined) }),
    },
    writer,
    tasks,
    retryTask: (id: number, caller: { by: Face }) => retryTask({ store, tasks, now }, caller, id),
    sendMessage: createChatSender({ store, writer, attachmentsDir: tempDir() }),
    attachmentsDir: tempDir(),
    liveReplies: { of: () => undefined },
    processesOf: () => Promise.resolve([]),
    recaller: {
      explain: () =>
        Promise.resolve({
          memories: [],
          candidates: [],
          embedder: { model: 'none', degraded: null },
          reranker: { model: null, reason: null },
          vectors: 'no vectors',
          problems: [],
          timings: [],
        }),
    },
    door: { issueCode: () => ({ code: 'c', expiresAt: 0 }), renew: () => undefined },
    dashboardUrl: () => 'http://127.0.0.1:1',
    discord,
    mailDesk: createMailDesk([{ name: 'work', folder: 'INBOX', source: 'email:work' }], () => undefined),
    backupHold: createBackupHold(),
    agents: agentDirectory(() => Promise.resolve({ kind: 'codex', path: '/bin/codex', version: '1.0' })),
    databaseKind: 'embedded',
    flushDatabase: () => Promise.resolve(),
    generation: () => 1,
    restart: () => undefined,
    agentTools: {
      open: () => ({ session: 's', taskId: 1, tools: [] }),
      call: () => Promise.resolve('did it'),
    },
  } as unknown as OperationNeeds;
  const dispatch = createDispatch(operations, needs, (thrown) => {
    throw thrown;
  });
  return { changed, ask: (name: string, input: unknown, by: Face) => dispatch(name, input, { by }) };
}

/** One row of everything that an act may be about. */
async function scene(): Promise<void> {
  await store.query({
    text: `
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
      SELECT id, 3, 'cli', 'task', 'x', now(), now(), 'task', 'r', status
        FROM (VALUES (1, 'task'), (2, 'task'), (3, 'dead'), (4, 'task')) AS rows (id, status);
    INSERT INTO tasks (event_id, state, priority, source, category, prompt, queued_at, run_after, finished_at, outcome, worker, lease_until)
      VALUES (1, 'failed', 3, 'cli', 'task', 'x', now(), now(), now(), 'failed', NULL, NULL),
             (2, 'running', 3, 'cli', 'task', 'x', now(), now(), NULL, NULL, gen_random_uuid(), now());
    INSERT INTO tasks (event_id, state, priority, source, category, prompt, queued_at, run_after, outcome, held_by)
      VALUES (4, 'queued', 3, 'cron:x', 'task', 'x', now(), now() + interval '1 hour', 'held', 'night');
    UPDATE tasks SET in_doubt = true WHERE id = 3;
    INSERT INTO wishlist (title, description, fingerprint, origin, created_at) VALUES ('w', 'd', 'f', 'owner', now());
    INSERT INTO wishlist (title, description, fingerprint, origin, created_at, state, version, decided_at)
      VALUES ('a', 'd', 'a', 'owner', now(), 'approved', 0, now()), ('b', 'd', 'b', 'owner', now(), 'drafted', 1, now()), ('c', 'd', 'c', 'owner', now(), 'drafted', 1, now());
    INSERT INTO wish_drafts (wish_id, version, state, started_by, repository, base, patch, summary, files, started_at, ended_at)
      VALUES (3, 1, 'drafted', 'night', '/r', 'old', 'p', 's', '[{"path": "a.ts"}]', now(), now()),
             (4, 1, 'drafted', 'night', '/r', 'c0ffee', 'p', 's', '[{"path": "a.ts"}]', now(), now());
    INSERT INTO optimization_findings (kind, fingerprint, severity, summary, evidence, first_seen_at, last_seen_at)
      VALUES ('slow_query', 'f', 'warning', 's', '{}', now(), now());
    INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at)
      VALUES ('g', '0 7 * * *', 'UTC', 'x', now(), now());
    INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
      VALUES ('note', 'one', 'cli', 'owner', now(), now()), ('note', 'two', 'cli', 'owner', now(), now()),
             ('note', 'three', 'cli', 'owner', now(), now());
    INSERT INTO deliveries (channel, address, kind, subject, body, created_at, queued_at, due_at, state, ended_at, reason)
      VALUES ('test', 'me', 'reply', 'task:1', '{"text":"x","state":null}', now(), now(), now(), 'failed', now(), 'blocked');
    INSERT INTO discord_bots (bot_id) VALUES ('1');
    INSERT INTO discord_pairings (code, bot_id, user_id, user_name, channel_id, created_at, expires_at)
      VALUES ('ABCD2345', '1', '2', 'me', '3', now(), now() + interval '100 years');`,
  });
}

const aRule = { name: 'quiet', source: 'cron:nightly', route: 'drop' };
const twoRules: readonly (readonly [OperationName, unknown])[] = [
  ['rule.add', { rule: aRule }],
  ['rule.add', { rule: { ...aRule, name: 'other' } }],
];

const web: readonly [OperationName, unknown] = ['fleet.add', { name: 'web', http: 'http://web.test/' }];

/** An input that makes each act do its work on the scene; `setUp` names acts that have to come before. */
const examples: {
  [Name in OperationName]?: { input: Request<Name>; setUp?: readonly (readonly [OperationName, unknown])[] };
} = {
  'dashboard.link': { input: { renew: true } },
  'events.explain': { input: { line: 'LOW|a||b|c' } },
  'event.replay': { input: { id: 3 } },
  'rule.add': { input: { rule: aRule } },
  'rule.edit': { input: { name: 'quiet', changes: { source: 'cron:*' } }, setUp: twoRules },
  'rule.move': { input: { name: 'quiet', place: 2 }, setUp: twoRules },
  'rule.enable': { input: { name: 'quiet', enabled: false }, setUp: twoRules },
  'rule.remove': { input: { name: 'quiet' }, setUp: twoRules },
  'rule.release': { input: { name: 'night' } },
  'rules.try': { input: { rule: aRule } },
  'rules.import': { input: { text: JSON.stringify([aRule]) } },
  'rules.undo': { input: {}, setUp: twoRules },
  'task.cancel': { input: { id: 2 } },
  'task.retry': { input: { id: 1 } },
  'task.again': { input: { id: 2 } },
  'task.goOn': { input: { id: 3 } },
  'task.leave': { input: { id: 3 } },
  'task.steer': { input: { id: 2, text: 'left' } },
  'chat.send': { input: { conversation: 'c', text: 'hello', dedupKey: 'key-12345' } },
  'chat.attach': {
    input: { upload: 'upload-1', name: 'a.txt', offset: 0, totalBytes: 5, data: 'aGVsbG8=' },
  },
  'chat.rename': { input: { conversation: 'c', title: 'the garden' } },
  'chat.pin': { input: { conversation: 'c', pinned: true } },
  'chat.delete': { input: { conversation: 'c' } },
  'chat.restore': { input: { conversation: 'c' } },
  'chat.read': { input: { conversation: 'c', until: '2026-11-28T08:00:00Z' } },
  'recall.explain': { input: { text: 'nas' } },
  'memory.add': { input: { content: 'four' } },
  'memory.edit': { input: { id: 1, content: 'other' } },
  'memory.pin': { input: { id: 1, pinned: true } },
  'memory.forget': { input: { id: 2 } },
  'memories.forget': { input: { ids: [3] } },
  'memories.import': { input: { lines: [{ content: 'five' }] } },
  'entity.teach': { input: { kind: 'host', name: 'nas', aliases: ['storage', 'box'] } },
  'entity.rename': {
    input: { ref: 'nas', name: 'big-nas' },
    setUp: [['entity.teach', { kind: 'host', name: 'nas' }]],
  },
  'entity.split': {
    input: { ref: 'nas', aliases: ['storage'] },
    setUp: [['entity.teach', { kind: 'host', name: 'nas', aliases: ['storage'] }]],
  },
  'entity.merge': {
    input: { ref: 'web', into: 'nas' },
    setUp: [
      ['entity.teach', { kind: 'host', name: 'nas' }],
      ['entity.teach', { kind: 'host', name: 'web' }],
    ],
  },
  'entity.forget': { input: { ref: 'nas' }, setUp: [['entity.teach', { kind: 'host', name: 'nas' }]] },
  'wish.add': { input: { title: 'another', description: 'd' } },
  'wish.decide': { input: { id: 1, decision: 'approve' } },
  'wish.comment': { input: { id: 3, version: 1, file: 'a.ts', line: 2, text: 'shorter' } },
  'wish.uncomment': {
    input: { id: 3, comment: 1 },
    setUp: [['wish.comment', { id: 3, version: 1, file: 'a.ts', text: 'shorter' }]],
  },
  'wish.draft': { input: { id: 2 } },
  'wish.check': { input: { id: 3 } },
  'wish.applied': { input: { id: 4, version: 1, branch: 'ninjad/wish-4', checkout: '/r' } },
  'retrospective.run': { input: {} },
  'finding.decide': { input: { id: 1, decision: 'accept' } },
  'findings.look': { input: {} },
  'goal.run': { input: { id: 1 } },
  'goal.add': { input: { name: 'h', when: 'every day at 9', prompt: 'look' } },
  'goal.edit': { input: { id: 1, when: 'every 90 minutes' } },
  'goal.remove': { input: { id: 1 } },
  'goal.restore': { input: { id: 1 }, setUp: [['goal.remove', { id: 1 }]] },
  'goal.pause': { input: { id: 1, paused: true } },
  'sensor.try': { input: { name: 'tick' } },
  'sensor.enable': { input: { name: 'tick', fields: { every: '5m' } } },
  'fleet.add': { input: { name: 'desk', local: true } },
  'fleet.edit': { input: { name: 'web', every: '5m', parent: null }, setUp: [web] },
  'fleet.remove': { input: { name: 'web' }, setUp: [web] },
  'fleet.restore': { input: { name: 'web' }, setUp: [web, ['fleet.remove', { name: 'web' }]] },
  'fleet.poll': { input: { name: 'web' }, setUp: [web] },
  'fleet.pause': { input: { name: 'web' }, setUp: [web] },
  'fleet.resume': { input: { name: 'web' }, setUp: [web, ['fleet.pause', { name: 'web' }]] },
  'fleet.maintenance': { input: { name: 'web', for: '2h' }, setUp: [web] },
  'fleet.token': { input: { name: 'laptop' }, setUp: [['fleet.add', { name: 'laptop', push: true }]] },
  'sensor.disable': { input: { name: 'tick' }, setUp: [['sensor.enable', { name: 'tick' }]] },
  'config.set': { input: { key: 'log.level', value: 'debug' } },
  'config.unset': { input: { key: 'log.level' } },
  'clock.believe': { input: {} },
  'firstSteps.dismiss': { input: { dismissed: true } },
  'notices.see': { input: { until: 1 } },
  'notices.later': { input: { ids: [1], until: null } },
  'delivery.retry': { input: { id: 1 } },
  'mail.catchUp': { input: { since: '2026-11-27T08:00:00Z' } },
  'discord.pair': { input: { code: 'abcd-2345' } },
  'discord.unpair': { input: {}, setUp: [['discord.pair', { code: 'ABCD2345' }]] },
  'daemon.restart': { input: {} },
  'backup.begin': { input: { token: 'token-123' } },
  'backup.copied': { input: { token: 'token-123' }, setUp: [['backup.begin', { token: 'token-123' }]] },
  'backup.hold': { input: { token: 'token-123' }, setUp: [['backup.begin', { token: 'token-123' }]] },
  'backup.end': { input: { token: 'token-123', archive: '/backups/one.tar' } },
  'import.rows': { input: { part: 'memories', rows: [{ content: 'six' }] } },
  'import.begin': { input: { kind: 'markdown', origin: '/notes' } },
  'import.texts': {
    input: { import: 1, texts: [{ hash: 'a'.repeat(64), lines: [{ content: 'seven' }] }] },
    setUp: [['import.begin', { kind: 'markdown', origin: '/notes' }]],
  },
  'import.undo': { input: { id: 1 }, setUp: [['import.begin', { kind: 'markdown', origin: '/notes' }]] },
  'agents.try': { input: { name: 'codex' } },
  'agent.open': { input: { token: 't' } },
  'agent.call': { input: { session: 's', tool: 'recall', input: {} } },
  'sql.run': { input: { text: 'SELECT 1' } },
};

const dataOf = ({ answer }: Dispatched): unknown => (answer.ok ? 'ok' : answer.error);

describe('the table of operations', () => {
  it('has an example for each act here, so that none escapes what follows', () => {
    expect(acts.filter((name) => examples[name] === undefined)).toEqual([]);
  });

  it('serves each place once', () => {
    const places = names.map((name) => `${operations[name].method} ${operations[name].path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(acts)('%s is recorded with the face that it came by, or says why not', async (name) => {
    await scene();
    const { ask } = table();
    const { input, setUp = [] } = examples[name] ?? {};
    for (const [before, given] of setUp) expect(dataOf(await ask(before, given, 'cli'))).toBe('ok');
    await store.query({ text: 'TRUNCATE activity_log' });
    expect(dataOf(await ask(name, input, 'cli'))).toBe('ok');
    const { rows } = await store.query<{ actor: string; by: string }>({
      text: `SELECT DISTINCT actor, detail->>'by' AS by FROM activity_log`,
    });
    const { unrecorded } = operations[name];
    expect(rows).toEqual(unrecorded === undefined ? [{ actor: 'owner', by: 'cli' }] : []);
  });

  it('tells of changed lists by names of operations', async () => {
    const told = new Set<string>();
    for (const name of acts) {
      await emptyAll(store);
      await scene();
      const { ask, changed } = table();
      const { input, setUp = [] } = examples[name] ?? {};
      for (const [before, given] of setUp) await ask(before, given, 'cli');
      await ask(name, input, 'cli');
      for (const list of changed) told.add(list);
    }
    expect([...told].filter((list) => !Object.hasOwn(operations, list))).toEqual([]);
    expect([...told].sort()).toEqual([
      'chat.conversations',
      'chat.turns',
      'deliveries.list',
      'discord.get',
      'entities.search',
      'events.list',
      'findings.list',
      'firstSteps.get',
      'fleet.list',
      'goals.list',
      'graph.get',
      'imports.list',
      'mail.list',
      'mail.messages',
      'memories.list',
      'notices.list',
      'rules.history',
      'rules.list',
      'sensors.list',
      'wishes.list',
    ]);
  });

  it('keeps what is for the terminal alone from every other face', async () => {
    const { ask } = table();
    const forTerminal = names.filter(
      (name) => operations[name].faces?.every((face) => face === 'cli') === true,
    );
    // The owner applies a draft by their own command.
    expect(forTerminal).toEqual([
      'dashboard.link',
      'memories.waiting',
      'wish.applied',
      'agent.open',
      'agent.call',
      'backup.begin',
      'backup.copied',
      'backup.hold',
      'backup.filled',
      'backup.end',
      'export.page',
      'import.rows',
      'imports.known',
      'import.begin',
      'import.texts',
      'sql.run',
    ]);
    for (const name of forTerminal)
      for (const face of faces.filter((one) => one !== 'cli'))
        expect((await ask(name, examples[name]?.input, face)).status).toBe(404);
  });

  it('asks for nothing that it does not know', async () => {
    const { ask } = table();
    for (const name of ['tasks.burn', 'constructor', '__proto__', ''])
      expect(await ask(name, {}, 'api')).toMatchObject({ status: 404, answer: { ok: false } });
  });
});
