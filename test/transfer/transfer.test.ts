import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDispatch } from '../../src/lib/operations/dispatch.ts';
import type { Ask } from '../../src/lib/operations/ask.ts';
import { NinjadError } from '../../src/lib/errors.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { exportHome } from '../../src/transfer/export-home.ts';
import { importForeign } from '../../src/transfer/import-foreign.ts';
import { importHome, type ImportHomeOptions, readExport } from '../../src/transfer/import-home.ts';
import { transferOperations } from '../../src/transfer/operations.ts';
import { homeParts } from '../../src/transfer/parts.ts';
import { chatgptExport, claudeExport } from '../fixtures/foreign-conversations.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { type TempDatabase, tempDatabase } from '../helpers/temp-database.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/* Two homes: one whose owner has much, and one that is new. */
const tables = [
  ...['events', 'tasks', 'journals', 'wishlist', 'optimization_findings', 'goals', 'machines'],
  ...['entities', 'entity_names', 'memory_embeddings', 'memory_documents', 'activity_log', 'imports'],
];
const empty = emptyTables(tables);
let here: TempDatabase;
let there: TempDatabase;
const now = (): Date => new Date('2026-11-28T12:00:00Z');

beforeAll(async () => {
  here = await tempDatabase();
  there = await tempDatabase();
});
afterAll(async () => {
  await here.stop();
  await there.stop();
});
beforeEach(async () => {
  for (const { store } of [here, there]) await empty(store);
});

function asking(store: Store): Ask<typeof transferOperations> {
  const dispatch = createDispatch(
    transferOperations,
    { store, bus: { emit: () => undefined }, now },
    (thrown) => {
      throw thrown;
    },
  );
  return async (name, input) => {
    const { answer } = await dispatch(name, input, { by: 'cli' });
    if (!answer.ok) throw new NinjadError(answer.error.code, answer.error.message);
    return JSON.parse(JSON.stringify(answer.data)) as never;
  };
}

async function fill(store: Store): Promise<void> {
  await store.query({
    text: `
    INSERT INTO journals (uuid, epoch, host, created_at) VALUES ('6f1c1a52-0000-4000-8000-0123456789ab', 0, 'h', now());
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, conversation, reply)
      VALUES ((1::bigint << 40) + 10, 0, 'cli', 'ask', 'who is Bertha?', now(), '2026-11-01T10:00:00Z', 'task', 'r', 'task', 'my nas', NULL),
             ((1::bigint << 40) + 90, 0, 'cli', 'ask', '/status', now(), '2026-11-01T10:05:00Z', 'reflex', 'r', 'done', 'my nas', 'Ready'),
             ((1::bigint << 40) + 95, 0, 'cli', 'ask', 'still open', now(), '2026-11-01T10:06:00Z', 'task', 'r', 'task', 'My/nas', NULL),
             ((1::bigint << 40) + 99, 3, 'cron:x', 'note', 'no conversation', now(), now(), 'store', 'r', 'done', NULL, NULL);
    INSERT INTO tasks (event_id, state, priority, source, category, conversation, prompt, queued_at, run_after, started_at, finished_at, outcome, reply, cost_usd)
      VALUES ((1::bigint << 40) + 10, 'done', 0, 'cli', 'ask', 'my nas', 'who?', now(), now(), '2026-11-01T10:00:01Z', '2026-11-01T10:00:09Z', 'succeeded', 'The NAS.', 0.25);
    INSERT INTO tasks (event_id, state, priority, source, category, conversation, prompt, queued_at, run_after)
      VALUES ((1::bigint << 40) + 95, 'queued', 0, 'cli', 'ask', 'My/nas', 'x', now(), now());
    INSERT INTO wishlist (title, description, fingerprint, origin, created_at, state, version, decided_at, reason)
      VALUES ('faster', 'd', 'f1', 'owner', '2026-10-01', 'drafting', 1, '2026-10-02', 'yes'), ('no', 'd', 'f2', 'agent', '2026-10-01', 'rejected', 0, '2026-10-02', 'never');
    INSERT INTO wish_drafts (wish_id, version, state, started_by, base, patch, summary, started_at, ended_at)
      VALUES (1, 1, 'drafted', 'night', 'b', 'p', 's', now(), now());
    INSERT INTO wish_comments (wish_id, version, file, text, made_by, at) VALUES (1, 1, 'a.ts', 'shorter', 'cli', now());
    INSERT INTO wish_moves (wish_id, at, moved_by, move, to_state) VALUES (1, now(), 'cli', 'approve', 'approved');
    INSERT INTO optimization_findings (kind, fingerprint, severity, summary, evidence, first_seen_at, last_seen_at, state, decided_at)
      VALUES ('slow_query', 'q', 'warning', 's', '{}', now(), now(), 'dismissed', now()), ('slow_query', 'r', 'warning', 's', '{}', now(), now(), 'open', NULL);
    INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at) VALUES ('backup', '0 7 * * *', 'UTC', 'x', now(), now());
    INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at, removed_at) VALUES ('removed', '0 7 * * *', 'UTC', 'x', now(), now(), now());
    INSERT INTO machines (name, kind, address, state_since, created_at) VALUES ('web', 'http', 'http://web.test', now(), now());
    INSERT INTO machines (name, kind, address, state_since, created_at, removed_at) VALUES ('removed', 'http', 'http://web.test', now(), now(), now());
    INSERT INTO machines (name, kind, push_token_hash, state_since, created_at) VALUES ('laptop', 'push', 'secret-hash', now(), now());
    INSERT INTO entities (kind, canonical, name, trust, taught, first_seen_at, last_seen_at) VALUES ('host', 'bertha', 'Bertha', 'owner', true, now(), now());
    INSERT INTO entity_names (entity_id, kind, key, name, taught) VALUES (1, 'host', 'bertha', 'Bertha', true), (1, 'host', 'nas', 'nas', true);
    INSERT INTO memory_embeddings (kind, content, title, source, trust, pinned, tags, created_at, last_seen_at, prepared)
      VALUES ('fact', 'the nas is called Bertha', 'NAS', 'cli', 'owner', true, '{home}', '2026-09-01T08:00:00Z', now(), true),
             ('note', 'of a stranger', NULL, 'email:x', 'untrusted', false, '{}', '2026-10-01T08:00:00Z', now(), true);
    INSERT INTO activity_log (at, actor, action, summary) VALUES (now(), 'owner', 'x', 'did it');`,
  });
}

function homeIn(folder: string) {
  const paths = {
    home: folder,
    sensors: join(folder, 'sensors'),
    work: join(folder, 'work'),
    attachments: join(folder, 'spool', 'discord'),
  };
  mkdirSync(paths.sensors, { recursive: true });
  return paths;
}

async function exported(): Promise<string> {
  await fill(here.store);
  const paths = homeIn(tempDir());
  writeFileSync(join(paths.sensors, 'tick.sh'), '#!/bin/sh\n');
  const into = join(tempDir(), 'out');
  await exportHome({
    ask: asking(here.store),
    paths,
    into,
    settings: { 'spend.dailyUsd': 5, 'backup.at': '02:40' },
    hidden: ['discord.token'],
    waiting: 2,
    now,
    progress: () => undefined,
  });
  return into;
}

const count = async (sql: string): Promise<number> => {
  const { rows } = await there.store.query<{ count: number }>({
    text: `SELECT count(*)::int AS count FROM ${sql}`,
  });
  return rows[0]?.count ?? -1;
};

describe('an export', () => {
  it('has all that is the owner’s in open formats, and no secret', async () => {
    const into = await exported();
    expect(readdirSync(into).sort()).toEqual(
      [
        'README.md',
        ...homeParts.map(({ name }) => `${name}.jsonl`),
        'config.json',
        'conversations',
        'memories',
        'ninjad-export.json',
        'sensors',
      ].sort(),
    );
    expect(await readExport(into)).toMatchObject({
      counts: { conversations: 3, memories: 2, wishes: 2, machines: 1 },
    });
    expect(readdirSync(join(into, 'conversations')).sort()).toEqual(['My-nas-2.md', 'my-nas.md']);
    expect(readFileSync(join(into, 'conversations', 'my-nas.md'), 'utf8')).toBe(
      '# my nas\n\n**cli**, 2026-11-01 10:00\n\nwho is Bertha?\n\n**ninjad**, 2026-11-01 10:00\n\nThe NAS.\n\n' +
        '**cli**, 2026-11-01 10:05\n\n/status\n\n**ninjad**\n\nReady\n\n',
    );
    expect(readFileSync(join(into, 'memories', '2026-09.md'), 'utf8')).toContain(
      '## NAS\n\n*2026-09-01 08:00; fact, from cli, owner, pinned, #home*',
    );
    const all = readdirSync(into, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const entry of all)
      expect(readFileSync(join(entry.parentPath, entry.name), 'utf8'), entry.name).not.toContain(
        'secret-hash',
      );
    expect(readFileSync(join(into, 'README.md'), 'utf8')).toContain('discord.token');
  });

  it('goes into an empty folder only, and leaves nothing where it fails', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'mine'), '');
    const options = {
      paths: homeIn(tempDir()),
      settings: {},
      hidden: [],
      waiting: 0,
      now,
      progress: () => undefined,
    };
    await expect(exportHome({ ...options, ask: asking(here.store), into: folder })).rejects.toThrow(
      'is not empty',
    );
    const place = tempDir();
    const broken = () => Promise.reject(new Error('away'));
    await expect(exportHome({ ...options, ask: broken, into: join(place, 'out') })).rejects.toThrow('away');
    expect(readdirSync(place)).toEqual([]);
  });
});

describe('an import of a home', () => {
  const importing = (from: string, more: Partial<ImportHomeOptions> = {}) => {
    const paths = homeIn(tempDir());
    return importHome({
      ask: asking(there.store),
      from,
      paths,
      takeSetting: () => Promise.resolve(undefined),
      isSet: (key) => key === 'backup.at',
      dryRun: false,
      progress: () => undefined,
      ...more,
    });
  };

  it('brings everything into another home, and twice is once', async () => {
    const from = await exported();
    const paths = homeIn(tempDir());
    const set: string[] = [];
    const options = { paths, takeSetting: (key: string) => Promise.resolve(void set.push(key)) };
    const dry = await importing(from, { ...options, dryRun: true });
    expect(dry.parts['wishes']).toEqual({ imported: 2, known: 0, bad: 0, problems: [] });
    expect(await count('wishlist')).toBe(0);
    expect(set).toEqual([]);

    const first = await importing(from, options);
    const numbers = (what: typeof first) =>
      Object.entries(what.parts).map(([name, { imported, known, bad }]) => [name, imported, known, bad]);
    expect(Object.values(first.parts).flatMap(({ problems }) => problems)).toEqual([]);
    expect(numbers(first)).toEqual([
      ['memories', 2, 0, 0],
      ['conversations', 3, 0, 0],
      ['wishes', 2, 0, 0],
      ['findings', 1, 0, 0],
      ['goals', 1, 0, 0],
      ['machines', 1, 0, 0],
      ['entities', 1, 0, 0],
    ]);
    expect(set).toEqual(['spend.dailyUsd']);
    expect(first.settings).toMatchObject({ taken: ['spend.dailyUsd'], kept: ['backup.at'] });
    expect(existsSync(join(paths.sensors, 'tick.sh'))).toBe(true);
    const everything = async () => {
      const counts: Record<string, number> = {};
      for (const table of tables.filter((name) => name !== 'activity_log'))
        counts[table] = await count(table);
      return counts;
    };
    const before = await everything();
    const second = await importing(from, options);
    expect(numbers(second)).toEqual(numbers(first).map(([name, imported]) => [name, 0, imported, 0]));
    expect(await everything()).toEqual(before);

    expect(await count(`tasks WHERE state = 'done' AND reply = 'The NAS.' AND cost_usd = 0.25`)).toBe(1);
    expect(
      await count(
        `events WHERE status = 'dropped' AND payload = 'still open' AND reason LIKE 'it was open%'`,
      ),
    ).toBe(1);
    expect(
      await count(
        `wishlist w JOIN wish_drafts d ON d.wish_id = w.id WHERE fingerprint = 'f1' AND w.state = 'approved' AND d.patch = 'p'`,
      ),
    ).toBe(1);
    expect(await count(`wish_comments WHERE text = 'shorter'`)).toBe(1);
    expect(
      await count(
        `memory_embeddings WHERE pinned AND trust = 'owner' AND tags = '{home}' AND created_at = '2026-09-01T08:00:00Z'`,
      ),
    ).toBe(1);
    expect(await count(`memory_embeddings WHERE trust = 'untrusted'`)).toBe(1);
    expect(await count(`entity_names WHERE entity_id = (SELECT id FROM entities) AND taught`)).toBe(2);
  });

  it('changes nothing in the home that it came from', async () => {
    const from = await exported();
    const back = await importing(from, { ask: asking(here.store) });
    expect(Object.values(back.parts).map(({ imported }) => imported)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('names a row that cannot be read, and takes the others', async () => {
    const from = await exported();
    const path = join(from, 'goals.jsonl');
    writeFileSync(path, `{broken\n{"name":"x","schedule":null}\n${readFileSync(path, 'utf8')}`);
    const { parts } = await importing(from);
    expect(parts['goals']).toMatchObject({ imported: 1, bad: 2 });
    expect(parts['goals']?.problems[0]).toContain('goals.jsonl, line 1');
  });

  it('refuses an export of a later form', async () => {
    const from = await exported();
    writeFileSync(join(from, 'ninjad-export.json'), '{"format":99,"program":"9.9.9"}');
    await expect(readExport(from)).rejects.toThrow('use a newer one');
    expect(await readExport(tempDir())).toBeUndefined();
  });
});

describe('texts from elsewhere', () => {
  const bring = (from: string, dryRun = false) =>
    importForeign({ ask: asking(there.store), from, ceiling: 'owner', dryRun, progress: () => undefined });

  it('become memories once, are dry-run, and can be taken back', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'conversations.json'), JSON.stringify([...chatgptExport, ...claudeExport]));
    writeFileSync(join(folder, 'note.md'), '# Note\n\nBertha stands in the cellar.\n');
    expect(await bring(folder, true)).toMatchObject({
      texts: 4,
      imported: 3,
      known: 0,
      empty: 1,
      imports: {},
    });
    expect(await count('memory_embeddings')).toBe(0);
    const first = await bring(folder);
    expect(first).toMatchObject({
      imported: 3,
      imports: { chatgpt: 1, claude: 2, markdown: 3 },
      problems: [],
    });
    expect(
      await count(
        `memory_embeddings WHERE trust = 'local' AND 'import:1' = ANY (tags) AND created_at < '2024-01-02'`,
      ),
    ).toBe(1);
    expect(await count(`memory_embeddings WHERE trust = 'owner' AND title = 'Note'`)).toBe(1);
    expect(await bring(folder)).toMatchObject({ imported: 0, known: 3, imports: {} });
    expect(await count('memory_embeddings')).toBe(3);

    const ask = asking(there.store);
    await there.store.query({ text: `UPDATE memory_embeddings SET pinned = true WHERE title = 'Note'` });
    expect(await ask('import.undo', { id: 1 })).toEqual({ forgotten: 1, kept: 0 });
    expect(await ask('import.undo', { id: 3 })).toEqual({ forgotten: 0, kept: 1 });
    await expect(ask('import.undo', { id: 3 })).rejects.toThrow('taken back already');
    expect(await ask('imports.list', {})).toMatchObject([
      { id: 3, kind: 'markdown', items: 0, memories: 0 },
      { id: 2, kind: 'claude', items: 1, memories: 1, undoneAt: null },
      { id: 1, kind: 'chatgpt' },
    ]);
    // What was taken back can be taken again.
    expect(await bring(join(folder, 'conversations.json'))).toMatchObject({ imported: 1, known: 1 });
  });

  it('count what stands there twice once, in a dry run as well', async () => {
    const folder = tempDir();
    for (const name of ['one.md', 'two.md']) writeFileSync(join(folder, name), '# Same\n\nthe same words\n');
    for (const isDry of [true, false])
      expect(await bring(folder, isDry)).toMatchObject({ texts: 2, imported: 1, known: 1 });
  });

  it('tells of what it cannot read and takes the rest', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'conversations.json'), JSON.stringify([{ odd: 1 }, ...claudeExport]));
    const taken = await bring(folder);
    expect(taken).toMatchObject({
      imported: 1,
      problems: [expect.stringContaining('conversation 1') as string],
    });
  });
});
